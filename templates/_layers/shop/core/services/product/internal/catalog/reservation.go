package catalog

import (
	"fmt"

	"github.com/google/uuid"
)

// Reservation is what is put aside for one order. It is kept for ever, as a request may
// come twice, and late: one that is released cannot come back to life.
type Reservation struct {
	OrderID uuid.UUID
	Status  Status
	Lines   []Line
}

// Line is a number of pieces of one product.
type Line struct {
	ProductID uuid.UUID
	Quantity  int
}

// Status is what has become of a reservation.
type Status string

// The statuses. A new reservation has none.
const (
	Reserved  Status = "reserved"
	Refused   Status = "refused"
	Confirmed Status = "confirmed"
	Released  Status = "released"
)

// Shelf is the stock of some products.
type Shelf map[uuid.UUID]*Stock

// Reserve puts all lines aside, or none and says why. Asked again, it says the same.
func (r *Reservation) Reserve(lines []Line, shelf Shelf) (refusal string) {
	switch r.Status {
	case Reserved, Confirmed:
		return ""
	case Refused, Released:
		return "the order was turned down before"
	}
	r.Lines = lines
	for _, l := range lines {
		stock, ok := shelf[l.ProductID]
		if !ok || l.Quantity < 1 || stock.Available < l.Quantity {
			r.Status = Refused
			return fmt.Sprintf("product %s is out of stock", l.ProductID)
		}
	}
	for _, l := range lines {
		shelf[l.ProductID].Available -= l.Quantity
		shelf[l.ProductID].Reserved += l.Quantity
	}
	r.Status = Reserved
	return ""
}

// Confirm sells what is put aside, or says why it cannot.
func (r *Reservation) Confirm(shelf Shelf) (refusal string) {
	switch r.Status {
	case Confirmed:
		return ""
	case Reserved:
		for _, l := range r.Lines {
			shelf[l.ProductID].Reserved -= l.Quantity
			shelf[l.ProductID].Sold += l.Quantity
		}
		r.Status = Confirmed
		return ""
	default:
		return "nothing is put aside for the order"
	}
}

// Release puts back what is put aside or sold. It is the compensation of both Reserve and
// Confirm, and cannot be refused.
func (r *Reservation) Release(shelf Shelf) {
	for _, l := range r.Lines {
		switch r.Status {
		case Reserved:
			shelf[l.ProductID].Reserved -= l.Quantity
			shelf[l.ProductID].Available += l.Quantity
		case Confirmed:
			shelf[l.ProductID].Sold -= l.Quantity
			shelf[l.ProductID].Available += l.Quantity
		case Refused, Released: // nothing was taken, or it is back already
		}
	}
	r.Status = Released
}
