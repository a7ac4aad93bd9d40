package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/events"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/outage"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
	"example.com/app/services/order/internal/postgres"
	"example.com/app/services/order/internal/view"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	checkouttest.Run(t, func(t *testing.T) checkouttest.Fixture {
		pool := open(t)
		unsent := outbox.NewPostgres(pool)
		return checkouttest.Fixture{Store: postgres.NewOrders(pool, unsent), Outbox: unsent}
	})
}

// open returns a pool for a new database with the service's schema and no rows.
func open(t *testing.T) *pgxpool.Pool {
	t.Helper()
	migrations, err := postgres.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return databasetest.New(t, migrations)
}

// TestAway has no database, which everybody is told in the same words.
func TestAway(t *testing.T) {
	t.Parallel()
	pool := open(t)
	pool.Close()
	orders, lists := postgres.NewOrders(pool, outbox.NewPostgres(pool)), postgres.NewView(pool)
	ctx, id, first := t.Context(), uuid.New(), page.Request{Number: 1, Size: 1, Sort: page.Sort{Key: "placed_at"}}
	for name, call := range map[string]func() error{
		"Create":   func() error { return orders.Create(ctx, checkout.Order{}) },
		"Get":      func() error { _, err := orders.Get(ctx, id); return err },
		"ByKey":    func() error { _, err := orders.ByKey(ctx, id, "key"); return err },
		"Change":   func() error { return orders.Change(ctx, id, "m1", nil) },
		"Overdue":  func() error { _, err := orders.Overdue(ctx, time.Now(), 1); return err },
		"Products": func() error { _, err := lists.Products(ctx, []uuid.UUID{id}); return err },
		"Position": func() error { _, err := lists.Position(ctx); return err },
		"Write":    func() error { return lists.Write(ctx, bus.Position{Sequence: 1}, nil) },
		"Rebuild":  func() error { return lists.Rebuild(ctx, nil) },
		"Orders":   func() error { _, err := lists.Orders(ctx, view.Query{Page: first}); return err },
	} {
		if err := call(); !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = %v, want %v", name, err, outage.ErrUnavailable)
		}
	}
}

// TestConnectionLost loses the database in the middle of a change.
func TestConnectionLost(t *testing.T) {
	t.Parallel()
	pool := open(t)
	unsent := outbox.NewPostgres(pool)
	checkouts, _ := checkouttest.NewService()
	checkouts.Store = postgres.NewOrders(pool, unsent)
	o := checkouttest.Place(t, checkouts)
	said, _, err := unsent.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = checkouts.Store.Change(t.Context(), o.ID, "m1", func(o *checkout.Order) ([]events.Event, error) {
		o.Tries++
		_, err := pool.Exec(t.Context(), `
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		return []events.Event{{ID: "e1"}}, err
	})
	if !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Change() = %v, want %v", err, outage.ErrUnavailable)
	}
	if got, err := checkouts.Store.Get(t.Context(), o.ID); err != nil || got.Tries != o.Tries {
		t.Errorf("Get() = %d tries, %v, want %d", got.Tries, err, o.Tries)
	}
	if n, _, err := unsent.Waiting(t.Context()); err != nil || n != said {
		t.Errorf("outbox has %d events, %v, want %d", n, err, said)
	}
	// The same message comes again.
	if err := checkouts.Answer(t.Context(), o.ID, "m1", checkout.StockReserved); err != nil {
		t.Errorf("Answer() = %v", err)
	}
	checkouttest.WantStep(t, checkouts, o.ID, checkout.Paying)
}
