// Package memory keeps orders in the memory of the process, for tests and for a start
// without a database. What it holds ends with the process.
package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
)

// Orders keeps orders.
type Orders struct {
	outbox *outbox.Memory
	inbox  inbox.Memory

	mu   sync.Mutex
	byID map[uuid.UUID]checkout.Order
}

var _ checkout.Store = (*Orders)(nil)

// NewOrders tells of its orders by way of the outbox.
func NewOrders(o *outbox.Memory) *Orders {
	return &Orders{outbox: o, byID: make(map[uuid.UUID]checkout.Order)}
}

// Create implements checkout.Store.
func (s *Orders) Create(ctx context.Context, o checkout.Order, say ...events.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.byKey(o.CustomerID, o.Key); taken {
		return fmt.Errorf("create order: %w", checkout.ErrKeyTaken)
	}
	s.byID[o.ID] = clone(o)
	s.outbox.Add(ctx, say...)
	return nil
}

// Get implements checkout.Store.
func (s *Orders) Get(_ context.Context, id uuid.UUID) (checkout.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.byID[id]
	if !ok {
		return checkout.Order{}, fmt.Errorf("get order %s: %w", id, checkout.ErrNotFound)
	}
	return clone(o), nil
}

// ByKey implements checkout.Store.
func (s *Orders) ByKey(_ context.Context, customerID uuid.UUID, key string) (checkout.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.byKey(customerID, key)
	if !ok {
		return checkout.Order{}, fmt.Errorf("get order by key: %w", checkout.ErrNotFound)
	}
	return clone(o), nil
}

func (s *Orders) byKey(customerID uuid.UUID, key string) (checkout.Order, bool) {
	if key == "" {
		return checkout.Order{}, false
	}
	for _, o := range s.byID {
		if o.CustomerID == customerID && o.Key == key {
			return o, true
		}
	}
	return checkout.Order{}, false
}

// Change implements checkout.Store.
func (s *Orders) Change(ctx context.Context, id uuid.UUID, message string, change func(*checkout.Order) ([]events.Event, error)) error {
	apply := func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		o, ok := s.byID[id]
		if !ok {
			return fmt.Errorf("change order %s: %w", id, checkout.ErrNotFound)
		}
		o = clone(o)
		say, err := change(&o)
		if err != nil {
			return fmt.Errorf("change order %s: %w", id, err)
		}
		s.byID[id] = clone(o)
		s.outbox.Add(ctx, say...)
		return nil
	}
	if message == "" {
		return apply()
	}
	return s.inbox.Once(message, apply)
}

// Overdue implements checkout.Store.
func (s *Orders) Overdue(_ context.Context, now time.Time, limit int) ([]uuid.UUID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var overdue []checkout.Order
	for _, o := range s.byID {
		if !o.Step.Over() && o.Deadline.Before(now) {
			overdue = append(overdue, o)
		}
	}
	slices.SortFunc(overdue, func(a, b checkout.Order) int { return a.Deadline.Compare(b.Deadline) })
	ids := make([]uuid.UUID, 0, min(limit, len(overdue)))
	for _, o := range overdue[:cap(ids)] {
		ids = append(ids, o.ID)
	}
	return ids, nil
}

// clone keeps what is stored apart from what callers may change.
func clone(o checkout.Order) checkout.Order {
	o.Lines = slices.Clone(o.Lines)
	o.History = slices.Clone(o.History)
	return o
}
