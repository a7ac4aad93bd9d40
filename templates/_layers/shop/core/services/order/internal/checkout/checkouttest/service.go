package checkouttest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/memory"
)

// NewService returns a service on a memory store, and the outbox of that. Its catalogue is
// empty, and it asks again after a second.
func NewService() (*checkout.Service, *outbox.Memory) {
	unsent := outbox.NewMemory()
	return &checkout.Service{
		Store:     memory.NewOrders(unsent),
		Catalogue: Catalogue{},
		Saga:      checkout.Saga{Patience: time.Second},
		Policy:    checkout.NewPolicy(),
		Now:       time.Now,
		Logger:    slog.New(slog.DiscardHandler),
		Trace:     new(Traces),
		Moved:     func(checkout.Step, checkout.Reason, time.Duration) {},
	}, unsent
}

// Place has somebody order one piece of a new product, and gives the checkout answers.
func Place(t *testing.T, s *checkout.Service, answers ...checkout.Answer) checkout.Order {
	t.Helper()
	product := checkout.Product{ID: uuid.New(), Name: "Angklung", Price: idr(t, 150_000)}
	s.Catalogue = Catalogue{product.ID: product}
	o, err := s.Place(t.Context(), auth.Actor{ID: uuid.New(), Role: auth.RoleUser}, checkout.Request{
		Lines:         []checkout.RequestLine{{ProductID: product.ID, Quantity: 1}},
		PaymentMethod: "card",
	})
	if err != nil {
		t.Fatalf("Place() = %v", err)
	}
	for _, answer := range answers {
		if err := s.Answer(t.Context(), o.ID, uuid.NewString(), answer); err != nil {
			t.Fatalf("Answer(%s) = %v", answer, err)
		}
	}
	if o, err = s.Store.Get(t.Context(), o.ID); err != nil {
		t.Fatalf("Get() = %v", err)
	}
	return o
}

// WantStep expects an order to be at a step.
func WantStep(t *testing.T, s *checkout.Service, id uuid.UUID, want checkout.Step) {
	t.Helper()
	o, err := s.Store.Get(t.Context(), id)
	if err != nil || o.Step != want {
		t.Errorf("order is %s, %v, want %s", o.Step, err, want)
	}
}

// Catalogue is a shop's products.
type Catalogue map[uuid.UUID]checkout.Product

var _ checkout.Catalogue = Catalogue{}

// Products implements checkout.Catalogue.
func (c Catalogue) Products(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]checkout.Product, error) {
	found := make(map[uuid.UUID]checkout.Product)
	for _, id := range ids {
		if p, ok := c[id]; ok {
			found[id] = p
		}
	}
	return found, nil
}

// Traces notes which traces were continued.
type Traces struct {
	mu        sync.Mutex
	continued []string
}

var _ checkout.Tracer = (*Traces)(nil)

type traceKey struct{}

// With returns a context in which trace is the current one.
func With(ctx context.Context, trace string) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// Current implements checkout.Tracer.
func (*Traces) Current(ctx context.Context) string {
	trace, _ := ctx.Value(traceKey{}).(string)
	return trace
}

// Continue implements checkout.Tracer.
func (tr *Traces) Continue(ctx context.Context, trace, _ string) (spanCtx context.Context, end func()) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.continued = append(tr.continued, trace)
	return With(ctx, trace), func() {}
}

// Continued returns the traces that were continued.
func (tr *Traces) Continued() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.continued
}
