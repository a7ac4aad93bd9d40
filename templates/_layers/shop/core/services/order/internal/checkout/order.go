// Package checkout is how an order comes about: stock is put aside, the payment is taken,
// the stock is sold. Each step is done by somebody else, may fail, and can be undone.
package checkout

import (
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/money"
)

// Order is what somebody buys, and how far the checkout has come.
type Order struct {
	ID            uuid.UUID
	CustomerID    uuid.UUID
	Key           string // the client's Idempotency-Key, or ""
	Lines         []Line
	Total         money.Money
	PaymentMethod string // in the payment provider's words
	TraceParent   string // of the request that placed it
	PlacedAt      time.Time

	Step     Step
	Reason   Reason // why nothing comes of it; "" while all is well
	Tries    int    // how often the step was asked for
	Deadline time.Time
	History  []Entry // the oldest first
}

// Line is a number of pieces of one product, at the price of the moment.
type Line struct {
	ProductID uuid.UUID
	Name      string
	Quantity  int
	UnitPrice money.Money
}

// Step is where a checkout is.
type Step string

// The steps. The way forward is reserving, paying, confirming, completed; the way back is
// refunding, releasing, cancelled.
const (
	Reserving  Step = "reserving"  // stock is being put aside
	Paying     Step = "paying"     // the payment is being taken
	Confirming Step = "confirming" // the stock is being sold
	Completed  Step = "completed"

	Refunding Step = "refunding" // the payment is being given back
	Releasing Step = "releasing" // the stock is being put back
	Cancelled Step = "cancelled"
)

// Over says whether a checkout that is at s is at its end.
func (s Step) Over() bool { return s == Completed || s == Cancelled }

// Answer is what a step was told. What was asked twice is answered twice.
type Answer string

// The answers.
const (
	StockReserved   Answer = "stock-reserved"
	StockRefused    Answer = "stock-refused"
	PaymentTaken    Answer = "payment-taken"
	PaymentDeclined Answer = "payment-declined"
	StockConfirmed  Answer = "stock-confirmed"
	PaymentRefunded Answer = "payment-refunded"
	StockReleased   Answer = "stock-released"
)

// Reason is why nothing comes of an order.
type Reason string

// The reasons.
const (
	OutOfStock     Reason = "out-of-stock"
	StockSilent    Reason = "stock-timeout"
	Declined       Reason = "payment-declined"
	PaymentSilent  Reason = "payment-timeout"
	StockWithdrawn Reason = "stock-withdrawn" // although it was put aside
)

// Reasons returns all reasons.
func Reasons() []Reason {
	return []Reason{OutOfStock, StockSilent, Declined, PaymentSilent, StockWithdrawn}
}

// Entry is one thing that happened to an order.
type Entry struct {
	At    time.Time
	Event string // placed, asked-again, gave-up, or an Answer
	Step  Step   // where the checkout was afterwards
}

// What an Entry tells beside answers.
const (
	Placed     = "placed"
	AskedAgain = "asked-again"
	GaveUp     = "gave-up"
)
