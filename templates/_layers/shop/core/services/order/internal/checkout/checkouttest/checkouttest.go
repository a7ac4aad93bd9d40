// Package checkouttest is the contract of checkout.Store as tests. Every store passes
// them, or is none.
package checkouttest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
)

// Fixture is an empty store, and the outbox by way of which it tells of its orders.
type Fixture struct {
	Store  checkout.Store
	Outbox outbox.Store
}

// Run holds the stores that open returns against the contract. Each test asks for one of
// its own.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Run("orders", func(t *testing.T) { testOrders(t, open) })
	t.Run("changes", func(t *testing.T) { testChanges(t, open) })
	t.Run("overdue", func(t *testing.T) { testOverdue(t, open) })
	t.Run("races", func(t *testing.T) { testRaces(t, open) })
}

// subtest is one promise.
type subtest struct {
	name string
	test func(t *testing.T, f Fixture)
}

func runAll(t *testing.T, open func(t *testing.T) Fixture, subtests []subtest) {
	t.Helper()
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

// at is a time of a day on which everything happens, in minutes after it began.
func at(minutes int) time.Time {
	return time.Date(2030, time.March, 4, 8, 0, 0, 123_456_000, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// order is a new order that nobody knows yet.
func order(t *testing.T, change ...func(*checkout.Order)) checkout.Order {
	t.Helper()
	o := checkout.Order{
		ID: uuid.New(), CustomerID: uuid.New(), Total: idr(t, 450_000), PaymentMethod: "card", PlacedAt: at(0),
		Lines: []checkout.Line{
			{ProductID: uuid.New(), Name: "Angklung", Quantity: 2, UnitPrice: idr(t, 150_000)},
			{ProductID: uuid.New(), Name: "Suling", Quantity: 1, UnitPrice: idr(t, 150_000)},
		},
		Step: checkout.Reserving, Tries: 1, Deadline: at(1),
		History: []checkout.Entry{{At: at(0), Event: checkout.Placed, Step: checkout.Reserving}},
	}
	for _, c := range change {
		c(&o)
	}
	return o
}

// create stores a new order.
func (f Fixture) create(t *testing.T, change ...func(*checkout.Order)) checkout.Order {
	t.Helper()
	o := order(t, change...)
	if err := f.Store.Create(t.Context(), o); err != nil {
		t.Fatalf("Create() = %v", err)
	}
	return o
}

func (f Fixture) get(t *testing.T, id uuid.UUID) checkout.Order {
	t.Helper()
	o, err := f.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get() = %v", err)
	}
	return o
}

// wantSaid takes everything out of the outbox, and expects these events.
func (f Fixture) wantSaid(t *testing.T, want ...events.Event) {
	t.Helper()
	var got []string
	const all = 1000
	_, err := f.Outbox.Forward(t.Context(), all, func(_ context.Context, batch ...events.Event) error {
		got = ids(batch)
		return nil
	})
	if err != nil || !slices.Equal(got, ids(want)) {
		t.Errorf("outbox = %v, %v, want %v", got, err, ids(want))
	}
}

func ids(all []events.Event) []string {
	var found []string
	for _, e := range all {
		found = append(found, e.ID)
	}
	return found
}

// event is something to tell of an order.
func event(t *testing.T, o checkout.Order) events.Event {
	t.Helper()
	e, err := events.New(checkout.Source, events.ReserveStockV1, o.ID, at(0), events.ReserveStock{OrderID: o.ID})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ask is a change that can be counted: it asks for the step again.
func ask(say ...events.Event) func(*checkout.Order) ([]events.Event, error) {
	return func(o *checkout.Order) ([]events.Event, error) {
		o.Tries++
		o.Deadline = o.Deadline.Add(time.Minute)
		o.History = append(o.History, checkout.Entry{At: at(o.Tries), Event: checkout.AskedAgain, Step: o.Step})
		return say, nil
	}
}

func idr(t *testing.T, amount int64) money.Money {
	t.Helper()
	m, err := money.New(amount, "IDR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func withKey(key string) func(*checkout.Order) { return func(o *checkout.Order) { o.Key = key } }

func of(customer uuid.UUID) func(*checkout.Order) {
	return func(o *checkout.Order) { o.CustomerID = customer }
}

func due(deadline time.Time) func(*checkout.Order) {
	return func(o *checkout.Order) { o.Deadline = deadline }
}

// cancelled is an order of which nothing came.
func cancelled(o *checkout.Order) {
	o.Step, o.Reason, o.Tries, o.Deadline = checkout.Cancelled, checkout.OutOfStock, 0, time.Time{}
	o.History = append(o.History, checkout.Entry{At: at(1), Event: string(checkout.StockRefused), Step: checkout.Cancelled})
}
