package view_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/view"
	"example.com/app/services/order/internal/view/viewtest"
)

func at(minutes int) time.Time {
	return time.Date(2030, time.March, 4, 8, minutes, 0, 0, time.UTC)
}

// event is number n of a log.
func event(t *testing.T, n int, eventType string, data any) events.Event {
	t.Helper()
	e, err := events.New("test", eventType, uuid.New(), at(n), data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func placed(t *testing.T, n int, id, customer uuid.UUID) events.Event {
	t.Helper()
	price := events.Money{Amount: 1999, Currency: "USD"}
	return event(t, n, events.OrderPlacedV1, events.OrderPlaced{
		OrderID: id, CustomerID: customer, Total: price, PlacedAt: at(n),
		Lines: []events.OrderLine{{ProductID: uuid.New(), Quantity: 1, UnitPrice: price}},
	})
}

// orders returns the view's orders, the oldest first.
func orders(t *testing.T, store view.Store) []view.Order {
	t.Helper()
	list, err := store.Orders(t.Context(), view.Query{Page: page.Request{Number: 1, Size: 100, Sort: page.Sort{Key: "placed_at"}}})
	if err != nil {
		t.Fatalf("Orders() = %v", err)
	}
	return list.Items
}

// follow has a projector write the log into the store, up to its end.
func follow(t *testing.T, log *viewtest.Log, store view.Store, logs *bytes.Buffer) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	log.End = stop
	p := view.Projector{Log: log, Store: store, Logger: slog.New(slog.NewTextHandler(logs, nil))}
	if err := p.Run(ctx); err != nil {
		t.Fatalf("Run() = %v", err)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	ann, angklung, gong := uuid.New(), uuid.New(), uuid.New()
	done, cancelled := uuid.New(), uuid.New()
	place := func(n int, id uuid.UUID) events.Event {
		return event(t, n, events.OrderPlacedV1, events.OrderPlaced{
			OrderID: id, CustomerID: ann, Total: events.Money{Amount: 5000, Currency: "USD"}, PlacedAt: at(n),
			Lines: []events.OrderLine{{ProductID: angklung, Quantity: 2}, {ProductID: gong, Quantity: 1}},
		})
	}
	change := func(n, version int, name string) events.Event {
		return event(t, n, events.ProductChangedV1, events.ProductChanged{
			ProductID: angklung, Version: version, Name: name, Price: events.Money{Amount: int64(version), Currency: "USD"},
		})
	}
	log := &viewtest.Log{Events: []events.Event{
		event(t, 0, events.StockReservedV1, events.StockReserved{OrderID: done}), // no matter to the view
		change(1, 1, "Angklung"),
		place(2, done),
		change(3, 2, "Great angklung"),
		place(4, cancelled),
		event(t, 5, events.OrderCompletedV1, events.OrderCompleted{OrderID: done}),
		event(t, 6, events.OrderCancelledV1, events.OrderCancelled{OrderID: cancelled, Reason: "out-of-stock"}),
		event(t, 7, events.UserRegisteredV1, events.UserRegistered{UserID: ann, Name: "Ann"}),
	}}
	store := new(memory.View)
	follow(t, log, store, new(bytes.Buffer))

	got := orders(t, store)
	if len(got) != 2 {
		t.Fatalf("Orders() = %+v, want two", got)
	}
	for i, want := range []view.Order{
		{ID: done, Status: view.Completed, PlacedAt: at(2), UpdatedAt: at(5), Lines: []view.Line{{Product: "Angklung"}}},
		{ID: cancelled, Status: view.Cancelled, Reason: "out-of-stock", PlacedAt: at(4), UpdatedAt: at(6), Lines: []view.Line{{Product: "Great angklung"}}},
	} {
		g := got[i]
		if g.ID != want.ID || g.Status != want.Status || g.Reason != want.Reason || g.PlacedAt != want.PlacedAt || g.UpdatedAt != want.UpdatedAt {
			t.Errorf("order %d = %+v, want %+v", i, g, want)
		}
		if g.CustomerID != ann || g.CustomerName != "Ann" || g.Total.String() != "5000 USD" {
			t.Errorf("order %d = %+v, want 5000 USD from Ann", i, g)
		}
		if first, second := g.Lines[0], g.Lines[1]; first.Product != want.Lines[0].Product || first.Quantity != 2 ||
			second.ProductID != gong || second.Product != "" {
			t.Errorf("lines of order %d = %+v, want the name of the time, and none for what is unknown", i, g.Lines)
		}
	}
	found, err := store.Products(t.Context(), []uuid.UUID{angklung, gong})
	if err != nil || len(found) != 1 || found[angklung].Name != "Great angklung" || found[angklung].Price.Amount() != 2 {
		t.Errorf("Products() = %v, %v, want the second version of one", found, err)
	}
	if position, err := store.Position(t.Context()); position.Sequence != 8 || position.EventID != log.Events[7].ID || err != nil {
		t.Errorf("Position() = %+v, %v, want event 8", position, err)
	}
}

// TestUnreadable has events in the log that are nothing to the view, and one after them.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	noMoney := events.Money{Amount: 5, Currency: "dollars"}
	tests := []struct {
		name  string
		event events.Event
	}{
		{"a customer that is no JSON", events.Event{Type: events.UserRegisteredV1, Data: json.RawMessage(`{`)}},
		{"a product that is a list", events.Event{Type: events.ProductChangedV1, Data: json.RawMessage(`[]`)}},
		{"a product whose id is none", events.Event{Type: events.ProductChangedV1, Data: json.RawMessage(`{"product_id":"1"}`)}},
		{"a product without a price", event(t, 0, events.ProductChangedV1, events.ProductChanged{ProductID: uuid.New(), Version: 1})},
		{"an order that is a number", events.Event{Type: events.OrderPlacedV1, Data: json.RawMessage(`1`)}},
		{"an order of no currency", event(t, 0, events.OrderPlacedV1, events.OrderPlaced{OrderID: uuid.New(), Total: noMoney})},
		{"a completed order that is nothing", events.Event{Type: events.OrderCompletedV1}},
		{"a cancelled order that is nothing", events.Event{Type: events.OrderCancelledV1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.event.ID = "the-unreadable"
			id := uuid.New()
			log := &viewtest.Log{Events: []events.Event{tt.event, placed(t, 1, id, uuid.New())}}
			for name, write := range map[string]func(t *testing.T, store view.Store, logs *bytes.Buffer){
				"Run": func(t *testing.T, store view.Store, logs *bytes.Buffer) { follow(t, log, store, logs) },
				"Rebuild": func(t *testing.T, store view.Store, logs *bytes.Buffer) {
					p := view.Projector{Log: log, Store: store, Logger: slog.New(slog.NewTextHandler(logs, nil))}
					if _, err := p.Rebuild(t.Context()); err != nil {
						t.Errorf("Rebuild() = %v", err)
					}
				},
			} {
				store, logs := new(memory.View), new(bytes.Buffer)
				write(t, store, logs)
				if got := orders(t, store); len(got) != 1 || got[0].ID != id {
					t.Errorf("after %s, Orders() = %+v, want the one that can be read", name, got)
				}
				if position, _ := store.Position(t.Context()); position.Sequence != 2 {
					t.Errorf("after %s, Position() = %+v, want event 2", name, position)
				}
				if !strings.Contains(logs.String(), "level=ERROR") || !strings.Contains(logs.String(), "the-unreadable") {
					t.Errorf("%s logs %q, want an error with the event's id", name, logs)
				}
			}
		})
	}
}

// TestRunGoesOn takes the store away in the middle of the log.
func TestRunGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(viewtest.Log)
		for n := range 5 {
			log.Events = append(log.Events, placed(t, n, uuid.New(), uuid.New()))
		}
		store := &breaking{Store: new(memory.View), failures: 3}
		logs := new(bytes.Buffer)
		began := time.Now()
		follow(t, log, store, logs)
		if got := orders(t, store); len(got) != 5 {
			t.Errorf("Orders() = %d orders, want 5", len(got))
		}
		if waited := time.Since(began); waited < 3*time.Second {
			t.Errorf("three failures took %s, want a second for each", waited)
		}
		if n := strings.Count(logs.String(), "view does not move"); n != 3 {
			t.Errorf("%d failures are logged, want 3: %s", n, logs)
		}
	})
}

// TestStuck lets each try fail, and then none.
func TestStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &breaking{Store: new(memory.View), failures: 3}
		log := &viewtest.Log{Events: []events.Event{
			placed(t, 0, uuid.New(), uuid.New()), placed(t, 1, uuid.New(), uuid.New()), placed(t, 2, uuid.New(), uuid.New()),
		}}
		p := view.Projector{Log: log, Store: store, Logger: slog.New(slog.DiscardHandler)}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		if p.Stuck() {
			t.Error("Stuck() = true before Run")
		}
		go func() { ended <- p.Run(ctx) }()
		for tries, want := range []bool{true, true, true, false} {
			time.Sleep(time.Second / 2)
			if got := p.Stuck(); got != want {
				t.Errorf("after %d tries, Stuck() = %t, want %t", tries+1, got, want)
			}
			time.Sleep(time.Second / 2)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
}

// TestRunTwice has two processes write one view.
func TestRunTwice(t *testing.T) {
	t.Parallel()
	const orderCount = 200
	store := new(memory.View)
	all := make([]events.Event, orderCount)
	for n := range all {
		all[n] = placed(t, n, uuid.New(), uuid.New())
	}
	var running sync.WaitGroup
	for range 2 {
		running.Go(func() { follow(t, &viewtest.Log{Events: all}, store, new(bytes.Buffer)) })
	}
	running.Wait()
	if got := orders(t, store); len(got) != 100 {
		t.Errorf("Orders() = %d orders on the first page, want 100", len(got))
	}
	if position, _ := store.Position(t.Context()); position.Sequence != orderCount {
		t.Errorf("Position() = %+v, want event %d", position, orderCount)
	}
}

func TestRebuildFails(t *testing.T) {
	t.Parallel()
	errAway := errors.New("away")
	old := uuid.New()
	for name, log := range map[string]*viewtest.Log{
		"before it begins": {Err: errAway},
		"half way":         {Err: errAway, ErrAt: 2},
	} {
		store := new(memory.View)
		follow(t, &viewtest.Log{Events: []events.Event{placed(t, 0, old, uuid.New())}}, store, new(bytes.Buffer))
		log.Events = []events.Event{placed(t, 1, uuid.New(), uuid.New()), placed(t, 2, uuid.New(), uuid.New())}
		p := view.Projector{Log: log, Store: store, Logger: slog.New(slog.DiscardHandler)}
		if n, err := p.Rebuild(t.Context()); n != 0 || !errors.Is(err, errAway) {
			t.Errorf("Rebuild() that fails %s = %d, %v, want %v", name, n, err, errAway)
		}
		if got := orders(t, store); len(got) != 1 || got[0].ID != old {
			t.Errorf("after a failure %s, Orders() = %+v, want the old view", name, got)
		}
	}
}

// breaking is a store whose first writes fail.
type breaking struct {
	view.Store
	failures int
}

func (b *breaking) Write(ctx context.Context, at bus.Position, write func(view.Writer) error) error {
	if b.failures > 0 && at.Sequence > 2 {
		b.failures--
		return errors.New("away")
	}
	return b.Store.Write(ctx, at, write)
}
