// Package memory keeps products in the memory of the process, for tests and for a start
// without a database. What it holds ends with the process.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/page"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog"
)

// Products keeps products and reservations.
type Products struct {
	outbox *outbox.Memory
	inbox  inbox.Memory

	mu           sync.Mutex
	byID         map[uuid.UUID]catalog.Product
	deliveries   map[delivery]bool
	reservations map[uuid.UUID]catalog.Reservation
}

// delivery is of one product: another may have one of the same id.
type delivery struct{ productID, id uuid.UUID }

var _ catalog.Store = (*Products)(nil)

// NewProducts tells of its products by way of the outbox.
func NewProducts(o *outbox.Memory) *Products {
	return &Products{
		outbox:       o,
		byID:         make(map[uuid.UUID]catalog.Product),
		deliveries:   make(map[delivery]bool),
		reservations: make(map[uuid.UUID]catalog.Reservation),
	}
}

// Create implements catalog.Store.
func (s *Products) Create(ctx context.Context, p catalog.Product, say ...events.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[p.ID] = p
	s.outbox.Add(ctx, say...)
	return nil
}

// Get implements catalog.Store.
func (s *Products) Get(_ context.Context, id uuid.UUID) (catalog.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byID[id]
	if !ok {
		return catalog.Product{}, fmt.Errorf("get product %s: %w", id, catalog.ErrNotFound)
	}
	return p, nil
}

// List implements catalog.Store.
func (s *Products) List(_ context.Context, q catalog.Query) (page.List[catalog.Product], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := strings.ToLower(q.Text)
	var selected []catalog.Product
	for _, p := range s.byID {
		if strings.Contains(strings.ToLower(p.Name+"\n"+p.Description), part) && (!q.Available || p.Stock.Available > 0) {
			selected = append(selected, p)
		}
	}
	orders := map[string]func(a, b catalog.Product) int{
		"name": func(a, b catalog.Product) int {
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		},
		"price":      func(a, b catalog.Product) int { return cmp.Compare(a.Price.Amount(), b.Price.Amount()) },
		"created_at": func(a, b catalog.Product) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	products, err := page.Of(selected, q.Page, orders, func(p catalog.Product) uuid.UUID { return p.ID })
	if err != nil {
		return products, fmt.Errorf("list products: %w", err)
	}
	return products, nil
}

// Update implements catalog.Store.
func (s *Products) Update(ctx context.Context, p catalog.Product, say ...events.Event) (catalog.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.byID[p.ID]
	switch {
	case !ok:
		return catalog.Product{}, fmt.Errorf("update product %s: %w", p.ID, catalog.ErrNotFound)
	case before.Version != p.Version:
		return catalog.Product{}, fmt.Errorf("update product %s: %w", p.ID, catalog.ErrStale)
	}
	p.Version++
	p.Stock = before.Stock
	p.CreatedAt = before.CreatedAt
	s.byID[p.ID] = p
	s.outbox.Add(ctx, say...)
	return p, nil
}

// Deliver implements catalog.Store.
func (s *Products) Deliver(_ context.Context, productID, deliveryID uuid.UUID, pieces int) (catalog.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byID[productID]
	if !ok {
		return catalog.Product{}, fmt.Errorf("deliver product %s: %w", productID, catalog.ErrNotFound)
	}
	if d := (delivery{productID, deliveryID}); !s.deliveries[d] {
		s.deliveries[d] = true
		p.Stock.Available += pieces
		s.byID[productID] = p
	}
	return p, nil
}

// Deal implements catalog.Store.
func (s *Products) Deal(ctx context.Context, orderID uuid.UUID, message string, lines []catalog.Line,
	deal func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error),
) error {
	return s.inbox.Once(message, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		r, ok := s.reservations[orderID]
		if !ok {
			r = catalog.Reservation{OrderID: orderID}
		}
		shelf := make(catalog.Shelf)
		for _, l := range slices.Concat(r.Lines, lines) {
			if p, ok := s.byID[l.ProductID]; ok {
				shelf[l.ProductID] = new(p.Stock)
			}
		}
		say, err := deal(&r, shelf)
		if err != nil {
			return fmt.Errorf("deal with order %s: %w", orderID, err)
		}
		r.Lines = slices.Clone(r.Lines)
		s.reservations[orderID] = r
		for id, stock := range shelf {
			p := s.byID[id]
			p.Stock = *stock
			s.byID[id] = p
		}
		s.outbox.Add(ctx, say...)
		return nil
	})
}
