package checkout_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/money"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
)

// shop is the service on the memory store, with one customer and one product.
type shop struct {
	*checkout.Service
	store    *crashing
	outbox   *outbox.Memory
	trace    *checkouttest.Traces
	customer auth.Actor
	product  checkout.Product

	mu    sync.Mutex
	moved []checkout.Step
}

func newShop(t *testing.T) *shop {
	t.Helper()
	service, unsent := checkouttest.NewService()
	s := &shop{
		Service:  service,
		store:    &crashing{Store: service.Store},
		outbox:   unsent,
		trace:    new(checkouttest.Traces),
		customer: auth.Actor{ID: uuid.New(), Role: auth.RoleUser},
		product:  checkout.Product{ID: uuid.New(), Name: "Angklung", Price: usd(t, 1999)},
	}
	s.Store, s.Trace = s.store, s.trace
	s.Catalogue = checkouttest.Catalogue{s.product.ID: s.product}
	s.Saga.Patience = patience
	s.Moved = func(to checkout.Step, _ checkout.Reason, _ time.Duration) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.moved = append(s.moved, to)
	}
	return s
}

// request is for three pieces of the shop's product.
func (s *shop) request() checkout.Request {
	return checkout.Request{
		Lines:         []checkout.RequestLine{{ProductID: s.product.ID, Quantity: 3}},
		PaymentMethod: "card",
	}
}

func (s *shop) place(t *testing.T) uuid.UUID {
	t.Helper()
	o, err := s.Place(t.Context(), s.customer, s.request())
	if err != nil {
		t.Fatalf("Place() = %v", err)
	}
	return o.ID
}

// bring places an order and leads it to step, and forgets what was said on the way.
func (s *shop) bring(t *testing.T, step checkout.Step) uuid.UUID {
	t.Helper()
	id := s.place(t)
	for _, answer := range ways()[step] {
		if err := s.Answer(t.Context(), id, uuid.NewString(), answer); err != nil {
			t.Fatalf("Answer(%s) = %v", answer, err)
		}
	}
	if o := s.order(t, id); o.Step != step {
		t.Fatalf("order is %s, want %s", o.Step, step)
	}
	s.said(t)
	s.moved = nil
	return id
}

// ways are the usual ways to each step.
func ways() map[checkout.Step][]checkout.Answer {
	return map[checkout.Step][]checkout.Answer{
		checkout.Reserving:  nil,
		checkout.Paying:     {checkout.StockReserved},
		checkout.Confirming: {checkout.StockReserved, checkout.PaymentTaken},
		checkout.Refunding:  {checkout.StockReserved, checkout.PaymentTaken, checkout.StockRefused},
		checkout.Releasing:  {checkout.StockReserved, checkout.PaymentDeclined},
	}
}

// order is the order as it is stored.
func (s *shop) order(t *testing.T, id uuid.UUID) checkout.Order {
	t.Helper()
	o, err := s.store.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get() = %v", err)
	}
	return o
}

// said takes what was said out of the outbox.
func (s *shop) said(t *testing.T) []events.Event {
	t.Helper()
	var said []events.Event
	const all = 1000
	_, err := s.outbox.Forward(t.Context(), all, func(_ context.Context, batch ...events.Event) error {
		said = batch
		return nil
	})
	if err != nil {
		t.Fatalf("Forward() = %v", err)
	}
	return said
}

// wantMoved expects Moved to have been called for these steps since the last time.
func (s *shop) wantMoved(t *testing.T, want ...checkout.Step) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.moved, want) {
		t.Errorf("moved to %v, want %v", s.moved, want)
	}
	s.moved = nil
}

// crash is when the process ends that changes an order.
type crash int

const (
	never  crash = iota
	before       // the change is stored
	after        // it is stored, and before whoever sent the message hears of it
)

var errCrash = errors.New("the process ended")

// crashing is a store that every other change crashes at, from the first one on.
type crashing struct {
	checkout.Store

	mu      sync.Mutex
	when    crash
	survive bool // the next change
}

func (c *crashing) set(when crash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.when, c.survive = when, false
}

func (c *crashing) next() crash {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.survive = !c.survive
	if c.survive {
		return c.when
	}
	return never
}

func (c *crashing) Change(ctx context.Context, id uuid.UUID, message string, change func(*checkout.Order) ([]events.Event, error)) error {
	switch c.next() {
	case before:
		return c.Store.Change(ctx, id, message, func(o *checkout.Order) ([]events.Event, error) {
			if _, err := change(o); err != nil {
				return nil, err
			}
			return nil, errCrash
		})
	case after:
		return errors.Join(c.Store.Change(ctx, id, message, change), errCrash)
	default:
		return c.Store.Change(ctx, id, message, change)
	}
}

func usd(t *testing.T, amount int64) money.Money {
	t.Helper()
	m, err := money.New(amount, "USD")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// types returns what kinds of events these are.
func types(all []events.Event) []string {
	var kinds []string
	for _, e := range all {
		kinds = append(kinds, e.Type)
	}
	return kinds
}
