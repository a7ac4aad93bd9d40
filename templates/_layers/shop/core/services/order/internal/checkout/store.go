package checkout

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
)

// Outcomes of what is done with orders.
var (
	ErrNotFound = errors.New("checkout: not found")
	ErrKeyTaken = errors.New("checkout: idempotency key used for another order")
)

// Store keeps orders, and the events that tell of them until they are published. Its
// methods return outage.ErrUnavailable when it cannot be reached.
type Store interface {
	// Create keeps a new order together with the events: both or none. It returns
	// ErrKeyTaken when the customer has an order with the same key, unless the key
	// is empty.
	Create(ctx context.Context, o Order, say ...events.Event) error

	// Get returns an order, or ErrNotFound.
	Get(ctx context.Context, id uuid.UUID) (Order, error)

	// ByKey returns the order of a customer with the key, or ErrNotFound.
	ByKey(ctx context.Context, customerID uuid.UUID, key string) (Order, error)

	// Change calls change with an order, which nobody else changes meanwhile, and
	// keeps the step, reason, tries, deadline and history that it leaves, together
	// with the events that it returns: all, or nothing when it returns an error. Message
	// is the id of the message that is the reason, or "". After a message that was dealt
	// with before, change is not called. It returns ErrNotFound for an unknown order.
	Change(ctx context.Context, id uuid.UUID, message string, change func(*Order) ([]events.Event, error)) error

	// Overdue returns the ids of up to limit orders whose deadline is before now, the
	// most overdue first.
	Overdue(ctx context.Context, now time.Time, limit int) ([]uuid.UUID, error)
}

// Product is what a checkout must know of a product.
type Product struct {
	ID    uuid.UUID
	Name  string
	Price money.Money
}

// Catalogue knows which products there are, as far as the service has heard.
type Catalogue interface {
	// Products returns those of the products that there are, by id.
	Products(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Product, error)
}
