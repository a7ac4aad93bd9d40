package events

import (
	"time"

	"github.com/google/uuid"
)

// What the order service tells everybody.
const (
	OrderPlacedV1    = "order.placed.v1"
	OrderCompletedV1 = "order.completed.v1"
	OrderCancelledV1 = "order.cancelled.v1"
)

// OrderPlaced says that a checkout has begun.
type OrderPlaced struct {
	OrderID    uuid.UUID   `json:"order_id"`
	CustomerID uuid.UUID   `json:"customer_id"`
	Lines      []OrderLine `json:"lines"`
	Total      Money       `json:"total"`
	PlacedAt   time.Time   `json:"placed_at"`
}

// OrderLine is a number of pieces of one product, at the price of the moment.
type OrderLine struct {
	ProductID uuid.UUID `json:"product_id"`
	Quantity  int       `json:"quantity"`
	UnitPrice Money     `json:"unit_price"`
}

// OrderCompleted says that an order is paid for, and its products are sold.
type OrderCompleted struct {
	OrderID    uuid.UUID `json:"order_id"`
	CustomerID uuid.UUID `json:"customer_id"`
	Total      Money     `json:"total"`
}

// OrderCancelled says that nothing came of an order: nothing is put aside for it, and
// what was paid is paid back.
type OrderCancelled struct {
	OrderID    uuid.UUID `json:"order_id"`
	CustomerID uuid.UUID `json:"customer_id"`
	Reason     string    `json:"reason"`
}
