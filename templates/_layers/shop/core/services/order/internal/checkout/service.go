package checkout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/money"
)

// What actors do with orders.
const (
	PlaceOrder auth.Action = "order.place"
	ReadOrder  auth.Action = "order.read"
)

// NewPolicy returns who may do what.
func NewPolicy() auth.Policy {
	return auth.Policy{
		PlaceOrder: {User: auth.Own, Admin: auth.Own},
		ReadOrder:  {User: auth.Own, Admin: auth.Any},
	}
}

// Source is the name by which other services know this one.
const Source = "order"

// Service does everything that is done with orders. All fields are required.
type Service struct {
	Store     Store
	Catalogue Catalogue
	Saga      Saga
	Policy    auth.Policy
	Now       func() time.Time
	Logger    *slog.Logger
	Trace     Tracer
	// Moved is told of each step that an order has come to, and how long it took since
	// the order was placed.
	Moved func(to Step, reason Reason, age time.Duration)
}

// Tracer keeps what is done for an order in the trace of the request that placed it.
type Tracer interface {
	// Current returns the trace of ctx, or "".
	Current(ctx context.Context) string
	// Continue begins a span of another trace; end ends it.
	Continue(ctx context.Context, trace, span string) (spanCtx context.Context, end func())
}

// Request is what somebody wants to buy.
type Request struct {
	Lines         []RequestLine
	PaymentMethod string
	Key           string // for asking twice, and getting one order; or ""
}

// RequestLine is a number of pieces of one product.
type RequestLine struct {
	ProductID uuid.UUID
	Quantity  int
}

// Bounds of an order.
const (
	maxLines    = 50
	maxQuantity = 1000
)

// Place begins a checkout. Who asks again with the same key gets the same order; for
// something else, it is ErrKeyTaken. It returns field.Errors for what cannot be bought.
func (s *Service) Place(ctx context.Context, actor auth.Actor, r Request) (Order, error) {
	if _, err := s.Policy.Scope(actor, PlaceOrder); err != nil {
		return Order{}, err
	}
	if r.Key != "" {
		before, err := s.placedBefore(ctx, actor, r)
		if !errors.Is(err, ErrNotFound) {
			return before, err
		}
	}
	lines, total, err := s.price(ctx, r)
	if err != nil {
		return Order{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Order{}, fmt.Errorf("make order id: %w", err)
	}
	o := Order{
		ID: id, CustomerID: actor.ID, Key: r.Key,
		Lines: lines, Total: total, PaymentMethod: r.PaymentMethod,
		TraceParent: s.Trace.Current(ctx), PlacedAt: s.now(),
	}
	say, err := s.newEvents(id, s.Saga.Begin(&o))
	if err != nil {
		return Order{}, err
	}
	err = s.Store.Create(ctx, o, say...)
	if errors.Is(err, ErrKeyTaken) { // by a request at the same time
		return s.placedBefore(ctx, actor, r)
	}
	if err != nil {
		return Order{}, err
	}
	s.Moved(o.Step, o.Reason, 0)
	return o, nil
}

func (s *Service) placedBefore(ctx context.Context, actor auth.Actor, r Request) (Order, error) {
	o, err := s.Store.ByKey(ctx, actor.ID, r.Key)
	if err != nil {
		return Order{}, err
	}
	same := o.PaymentMethod == r.PaymentMethod &&
		slices.EqualFunc(o.Lines, r.Lines, func(have Line, want RequestLine) bool {
			return have.ProductID == want.ProductID && have.Quantity == want.Quantity
		})
	if !same {
		return Order{}, ErrKeyTaken
	}
	return o, nil
}

// price returns the lines of an order with what they cost just now, as far as this
// service has heard of it, and the total.
func (s *Service) price(ctx context.Context, r Request) (lines []Line, total money.Money, err error) {
	if err := check(r); err != nil {
		return nil, money.Money{}, err
	}
	ids := make([]uuid.UUID, len(r.Lines))
	for i, l := range r.Lines {
		ids[i] = l.ProductID
	}
	products, err := s.Catalogue.Products(ctx, ids)
	if err != nil {
		return nil, money.Money{}, err
	}
	var errs field.Errors
	for i, l := range r.Lines {
		product, ok := products[l.ProductID]
		if !ok {
			errs.Add(lineField(i, "product_id"), "is not a product of this shop")
			continue
		}
		cost, err := product.Price.Times(l.Quantity)
		if err == nil {
			total, err = total.Add(cost)
		}
		switch {
		case errors.Is(err, money.ErrCurrency):
			errs.Add(lineField(i, "product_id"), "has a price in another currency than the products before it")
		case err != nil:
			errs.Add(lineField(i, "quantity"), "costs more than can be paid")
		}
		lines = append(lines, Line{ProductID: l.ProductID, Name: product.Name, Quantity: l.Quantity, UnitPrice: product.Price})
	}
	return lines, total, errs.Err()
}

func check(r Request) error {
	var errs field.Errors
	if len(r.Lines) == 0 || len(r.Lines) > maxLines {
		errs.Add("lines", "must have from 1 to %d entries", maxLines)
	}
	seen := make(map[uuid.UUID]bool)
	for i, l := range r.Lines {
		if seen[l.ProductID] {
			errs.Add(lineField(i, "product_id"), "is there twice")
		}
		seen[l.ProductID] = true
		if l.Quantity < 1 || l.Quantity > maxQuantity {
			errs.Add(lineField(i, "quantity"), "must be from 1 to %d", maxQuantity)
		}
	}
	errs.Text("payment_method", r.PaymentMethod, 1, 40)
	return errs.Err()
}

// lineField names a field as package request does, which looks at it before.
func lineField(i int, name string) string { return fmt.Sprintf("lines/%d/%s", i, name) }

// Get returns an order, or ErrNotFound for one that is not there or not the actor's: to
// others it is not there.
func (s *Service) Get(ctx context.Context, actor auth.Actor, id uuid.UUID) (Order, error) {
	scope, err := s.Policy.Scope(actor, ReadOrder)
	if err != nil {
		return Order{}, err
	}
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if scope == auth.Own && o.CustomerID != actor.ID {
		return Order{}, fmt.Errorf("get order %s: %w", id, ErrNotFound)
	}
	return o, nil
}

// AnswerFromOutside is Answer for whoever knows nothing of our traces: what follows is
// told in the trace of the request that placed the order.
func (s *Service) AnswerFromOutside(ctx context.Context, id uuid.UUID, message string, a Answer) error {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	ctx, end := s.Trace.Continue(ctx, o.TraceParent, "told "+string(a))
	defer end()
	return s.Answer(ctx, id, message, a)
}

// IsAt says whether an order's checkout is at the step just now.
func (s *Service) IsAt(ctx context.Context, id uuid.UUID, step Step) (bool, error) {
	o, err := s.Store.Get(ctx, id)
	return o.Step == step, err
}

// Answer moves an order on by an answer that came with a message. A message that came
// before changes nothing.
func (s *Service) Answer(ctx context.Context, id uuid.UUID, message string, a Answer) error {
	return s.change(ctx, id, message, func(o *Order) []Message { return s.Saga.Hear(o, a, s.now()) })
}

// change has the store change an order, and tells of it what the saga wants told.
func (s *Service) change(ctx context.Context, id uuid.UUID, message string, change func(*Order) []Message) error {
	var before, after Order
	err := s.Store.Change(ctx, id, message, func(o *Order) ([]events.Event, error) {
		before = *o
		said := change(o)
		after = *o
		return s.newEvents(o.ID, said)
	})
	if err != nil {
		return err
	}
	if before.Step != after.Step {
		s.Moved(after.Step, after.Reason, s.now().Sub(after.PlacedAt))
	}
	return nil
}

func (s *Service) newEvents(id uuid.UUID, said []Message) ([]events.Event, error) {
	all := make([]events.Event, len(said))
	for i, m := range said {
		var err error
		if all[i], err = events.New(Source, m.Type, id, s.now(), m.Data); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// now is the present as a store keeps it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
