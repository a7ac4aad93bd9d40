// Package view is the read side of the service (CQRS): lists of orders with the names of
// products and customers, which belong to other services. It is made of events alone, and
// can be made again from the first of them. It lags behind what it shows, as a rule for
// some milliseconds.
package view

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
)

// Order is what a list tells of an order.
type Order struct {
	ID           uuid.UUID
	CustomerID   uuid.UUID
	CustomerName string // "" until the service has heard of the customer
	Lines        []Line
	Total        money.Money
	Status       Status
	Reason       string // why it was cancelled, or ""
	PlacedAt     time.Time
	UpdatedAt    time.Time
}

// Line is a number of pieces of one product.
type Line struct {
	ProductID uuid.UUID `json:"product_id"`
	Product   string    `json:"product"` // its name at the time
	Quantity  int       `json:"quantity"`
}

// Status is what has become of an order.
type Status string

// The statuses.
const (
	Pending   Status = "pending"
	Completed Status = "completed"
	Cancelled Status = "cancelled"
)

// Customer is what is known of an account.
type Customer struct {
	ID   uuid.UUID
	Name string
}

// Product is the newest version of a product that the service has heard of.
type Product struct {
	checkout.Product
	Version int
}

// Query selects orders; nil and empty select all.
type Query struct {
	CustomerID *uuid.UUID
	Status     *Status
	Text       string // part of a product's or the customer's name
	Page       page.Request
}

// SortKeys are what orders can be sorted by.
func SortKeys() []string { return []string{"placed_at", "total"} }

// Writer changes the view. Each of its methods may be called again with the same.
type Writer interface {
	// PutCustomer keeps a customer.
	PutCustomer(ctx context.Context, c Customer) error
	// PutProduct keeps a product, unless a newer version of it is there.
	PutProduct(ctx context.Context, p Product) error
	// ProductNames returns the names of those of the products that are there.
	ProductNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error)
	// PutOrder keeps an order, unless it is there. The customer's name is looked up when it is read.
	PutOrder(ctx context.Context, o Order) error
	// SetStatus says what has become of an order; of one that is not there, nothing.
	SetStatus(ctx context.Context, id uuid.UUID, status Status, reason string, at time.Time) error
}

// Store keeps the view, and which event of the log was the last to be written into it.
// Its methods return outage.ErrUnavailable when it cannot be reached.
type Store interface {
	checkout.Catalogue

	// Position returns that of the last event that was written; zero: none.
	Position(ctx context.Context) (bus.Position, error)

	// Write calls write for the event at the position, and keeps what it wrote together
	// with the position: both, or none when it returns an error. Nothing happens for an
	// event that is not behind the last.
	Write(ctx context.Context, at bus.Position, write func(Writer) error) error

	// Rebuild empties the view and calls fill, which returns the position that it has
	// come to. Whoever reads meanwhile finds the old view, and it stays when fill
	// returns an error.
	Rebuild(ctx context.Context, fill func(Writer) (bus.Position, error)) error

	// Orders returns one page of the orders that q selects.
	Orders(ctx context.Context, q Query) (page.List[Order], error)
}
