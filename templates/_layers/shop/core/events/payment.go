package events

import "github.com/google/uuid"

// What the order service asks of its own payment worker, by way of the bus: that is
// what survives a crash, and tries again.
const (
	TakePaymentV1   = "payment.take.v1"
	RefundPaymentV1 = "payment.refund.v1"
)

// TakePayment asks to take the total of an order.
type TakePayment struct {
	OrderID uuid.UUID `json:"order_id"`
	Total   Money     `json:"total"`
	Method  string    `json:"method"`
}

// RefundPayment asks to give back whatever was taken for an order, and to take nothing
// for it any more.
type RefundPayment struct {
	OrderID uuid.UUID `json:"order_id"`
}
