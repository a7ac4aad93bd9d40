package postgres_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/outage"
	"example.com/app/internal/page"
	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog"
	"example.com/app/services/product/internal/catalog/catalogtest"
	"example.com/app/services/product/internal/postgres"
)

func TestProducts(t *testing.T) {
	t.Parallel()
	catalogtest.Run(t, func(t *testing.T) catalogtest.Fixture {
		pool := open(t)
		unsent := outbox.NewPostgres(pool)
		return catalogtest.Fixture{Store: postgres.NewProducts(pool, unsent), Outbox: unsent}
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
	products := postgres.NewProducts(pool, outbox.NewPostgres(pool))
	ctx, id := t.Context(), uuid.New()
	first := page.Request{Number: 1, Size: 1, Sort: page.Sort{Key: "name"}}
	for name, call := range map[string]func() error{
		"Create":  func() error { return products.Create(ctx, catalog.Product{}) },
		"Get":     func() error { _, err := products.Get(ctx, id); return err },
		"List":    func() error { _, err := products.List(ctx, catalog.Query{Page: first}); return err },
		"Update":  func() error { _, err := products.Update(ctx, catalog.Product{}); return err },
		"Deliver": func() error { _, err := products.Deliver(ctx, id, id, 1); return err },
		"Deal":    func() error { return products.Deal(ctx, id, "m1", nil, nil) },
	} {
		if err := call(); !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = %v, want %v", name, err, outage.ErrUnavailable)
		}
	}
}
