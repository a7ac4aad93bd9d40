package events

import "github.com/google/uuid"

// What the order service asks of the product service. Each may be asked again, and is
// answered again: by the same answer.
const (
	ReserveStockV1 = "stock.reserve.v1"
	ConfirmStockV1 = "stock.confirm.v1"
	ReleaseStockV1 = "stock.release.v1"
)

// What the product service answers.
const (
	StockReservedV1  = "stock.reserved.v1"
	StockRefusedV1   = "stock.refused.v1"
	StockConfirmedV1 = "stock.confirmed.v1"
	StockReleasedV1  = "stock.released.v1"
)

// ReserveStock asks to put all lines aside for an order, or none.
type ReserveStock struct {
	OrderID uuid.UUID   `json:"order_id"`
	Lines   []StockLine `json:"lines"` // no product twice
}

// StockLine is a number of pieces of one product.
type StockLine struct {
	ProductID uuid.UUID `json:"product_id"`
	Quantity  int       `json:"quantity"`
}

// ConfirmStock says that what was put aside for an order is sold.
type ConfirmStock struct {
	OrderID uuid.UUID `json:"order_id"`
}

// ReleaseStock takes back what was put aside for an order, or sold to it. Nothing can
// be put aside for the order any more: a request that comes late is refused.
type ReleaseStock struct {
	OrderID uuid.UUID `json:"order_id"`
}

// StockReserved says that all lines of an order are put aside.
type StockReserved struct {
	OrderID uuid.UUID `json:"order_id"`
}

// StockRefused says that nothing is put aside for an order, and why. It answers both a
// request to put aside and, against all promises, one to confirm.
type StockRefused struct {
	OrderID uuid.UUID `json:"order_id"`
	Reason  string    `json:"reason"`
}

// StockConfirmed says that what was put aside for an order is sold.
type StockConfirmed struct {
	OrderID uuid.UUID `json:"order_id"`
}

// StockReleased says that nothing is put aside for an order, or sold to it.
type StockReleased struct {
	OrderID uuid.UUID `json:"order_id"`
}
