package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

// View keeps the read side. The zero value is empty and ready for use.
type View struct {
	writing  sync.Mutex // held by whoever changes the view
	mu       sync.Mutex
	position bus.Position
	tables   tables
}

var _ view.Store = (*View)(nil)

// Position implements view.Store.
func (v *View) Position(context.Context) (bus.Position, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.position, nil
}

// Write implements view.Store.
func (v *View) Write(_ context.Context, at bus.Position, write func(view.Writer) error) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	if at.Sequence <= v.position.Sequence {
		return nil
	}
	draft := v.tables.clone()
	if err := write(&draft); err != nil {
		return fmt.Errorf("write event %d: %w", at.Sequence, err)
	}
	v.tables, v.position = draft, at
	return nil
}

// Rebuild implements view.Store.
func (v *View) Rebuild(_ context.Context, fill func(view.Writer) (bus.Position, error)) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	var draft tables
	position, err := fill(&draft)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tables, v.position = draft, position
	return nil
}

// Products implements checkout.Catalogue.
func (v *View) Products(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]checkout.Product, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found := make(map[uuid.UUID]checkout.Product)
	for _, id := range ids {
		if p, ok := v.tables.products[id]; ok {
			found[id] = p.Product
		}
	}
	return found, nil
}

// Orders implements view.Store.
func (v *View) Orders(_ context.Context, q view.Query) (page.List[view.Order], error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var selected []view.Order
	for _, o := range v.tables.orders {
		o.CustomerName = v.tables.customers[o.CustomerID].Name
		if (q.CustomerID == nil || *q.CustomerID == o.CustomerID) &&
			(q.Status == nil || *q.Status == o.Status) &&
			mentions(o, strings.ToLower(q.Text)) {
			selected = append(selected, o)
		}
	}
	orders := map[string]func(a, b view.Order) int{
		"placed_at": func(a, b view.Order) int { return a.PlacedAt.Compare(b.PlacedAt) },
		"total":     func(a, b view.Order) int { return cmp.Compare(a.Total.Amount(), b.Total.Amount()) },
	}
	list, err := page.Of(selected, q.Page, orders, func(o view.Order) uuid.UUID { return o.ID })
	if err != nil {
		return list, fmt.Errorf("list orders: %w", err)
	}
	return list, nil
}

func mentions(o view.Order, text string) bool {
	return strings.Contains(strings.ToLower(o.CustomerName), text) ||
		slices.ContainsFunc(o.Lines, func(l view.Line) bool { return strings.Contains(strings.ToLower(l.Product), text) })
}

// tables is what the view holds.
type tables struct {
	customers map[uuid.UUID]view.Customer
	products  map[uuid.UUID]view.Product
	orders    map[uuid.UUID]view.Order
}

var _ view.Writer = (*tables)(nil)

func (t *tables) clone() tables {
	return tables{maps.Clone(t.customers), maps.Clone(t.products), maps.Clone(t.orders)}
}

// put is the assignment to a map that may be nil.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

// PutCustomer implements view.Writer.
func (t *tables) PutCustomer(_ context.Context, c view.Customer) error {
	put(&t.customers, c.ID, c)
	return nil
}

// PutProduct implements view.Writer.
func (t *tables) PutProduct(_ context.Context, p view.Product) error {
	if p.Version > t.products[p.ID].Version {
		put(&t.products, p.ID, p)
	}
	return nil
}

// ProductNames implements view.Writer.
func (t *tables) ProductNames(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := make(map[uuid.UUID]string)
	for _, id := range ids {
		if p, ok := t.products[id]; ok {
			names[id] = p.Name
		}
	}
	return names, nil
}

// PutOrder implements view.Writer.
func (t *tables) PutOrder(_ context.Context, o view.Order) error {
	if _, there := t.orders[o.ID]; there {
		return nil
	}
	o.Lines = slices.Clone(o.Lines)
	put(&t.orders, o.ID, o)
	return nil
}

// SetStatus implements view.Writer.
func (t *tables) SetStatus(_ context.Context, id uuid.UUID, status view.Status, reason string, at time.Time) error {
	o, ok := t.orders[id]
	if !ok {
		return nil
	}
	o.Status, o.Reason, o.UpdatedAt = status, reason, at
	put(&t.orders, id, o)
	return nil
}
