package checkout

import (
	"time"

	"example.com/app/events"
)

// Saga is the rules of the checkout: which step follows from which answer, and what
// happens when there is none. It decides, and does nothing: what it wants done are
// messages.
type Saga struct {
	// Patience is how long an answer is awaited before the step is asked for again.
	Patience time.Duration
}

// Message is something to tell the other services. Its type is one of package events.
type Message struct {
	Type string
	Data any
}

// stage is what a step has to say, and where the answers lead.
type stage struct {
	message  func(Order) Message
	answers  map[Answer]outcome
	tries    int // after these no answer is awaited; 0: for ever
	noAnswer outcome
	tooLate  map[Answer]func(Order) Message // what undoes an answer that nobody awaits any more
}

// outcome is the step that follows, and the reason if it is the first one back.
type outcome struct {
	next   Step
	reason Reason
}

// stages is the whole checkout.
//
// A step that may have happened, as nobody answered, is undone like one that has. Taking
// the payment is the last step that may be refused: stock that is put aside stays so until
// it is confirmed or released. The ways back are never refused, and asked for until they
// are answered. A payment that the provider has declined, and takes nevertheless, is given
// back.
func stages() map[Step]stage {
	return map[Step]stage{
		Reserving: {
			message: reserveStock, // to product, internal/listener
			answers: map[Answer]outcome{
				StockReserved: {next: Paying},
				StockRefused:  {next: Cancelled, reason: OutOfStock}, // as nothing was put aside
			},
			tries:    3,
			noAnswer: outcome{next: Releasing, reason: StockSilent},
		},
		Paying: {
			message: takePayment, // to the worker of this service, internal/payment
			answers: map[Answer]outcome{
				PaymentTaken:    {next: Confirming},
				PaymentDeclined: {next: Releasing, reason: Declined},
			},
			tries:    3,
			noAnswer: outcome{next: Refunding, reason: PaymentSilent},
		},
		Confirming: {
			message: confirmStock,
			answers: map[Answer]outcome{
				StockConfirmed: {next: Completed},
				StockRefused:   {next: Refunding, reason: StockWithdrawn},
			},
			tries:    5,
			noAnswer: outcome{next: Refunding, reason: StockSilent},
		},
		Refunding: {
			message: refundPayment,
			answers: map[Answer]outcome{PaymentRefunded: {next: Releasing}},
		},
		Releasing: {
			message: releaseStock,
			answers: map[Answer]outcome{
				StockReleased: {next: Cancelled},
				PaymentTaken:  {next: Refunding}, // after it was declined, or given up
			},
		},
		Completed: {message: tellCompleted}, // to user, internal/notice, and to this service's view
		Cancelled: {
			message: tellCancelled,
			tooLate: map[Answer]func(Order) Message{PaymentTaken: refundPayment},
		},
	}
}

// Begin takes the first step of a new order, and returns what is to be said.
func (s Saga) Begin(o *Order) []Message {
	return append([]Message{tellPlaced(*o)}, s.enter(o, Reserving, Placed, o.PlacedAt)...)
}

// Hear takes in an answer, and returns what is to be said. Nothing changes by an answer
// that the step does not await, as it came twice or late, unless it is one to be undone.
func (s Saga) Hear(o *Order, a Answer, now time.Time) []Message {
	at := stages()[o.Step]
	if out, awaited := at.answers[a]; awaited {
		return s.follow(o, out, string(a), now)
	}
	undo, late := at.tooLate[a]
	if !late {
		return nil
	}
	o.History = append(o.History, Entry{At: now, Event: string(a), Step: o.Step})
	return []Message{undo(*o)}
}

// Expire asks for the order's step again, or gives it up, and returns what is to be said.
// Nothing changes before the deadline.
func (s Saga) Expire(o *Order, now time.Time) []Message {
	if o.Step.Over() || now.Before(o.Deadline) {
		return nil
	}
	at := stages()[o.Step]
	if at.tries > 0 && o.Tries >= at.tries {
		return s.follow(o, at.noAnswer, GaveUp, now)
	}
	o.Tries++
	o.Deadline = now.Add(s.patience(o.Tries))
	o.History = append(o.History, Entry{At: now, Event: AskedAgain, Step: o.Step})
	return []Message{at.message(*o)}
}

func (s Saga) follow(o *Order, out outcome, event string, now time.Time) []Message {
	if o.Reason == "" {
		o.Reason = out.reason
	}
	return s.enter(o, out.next, event, now)
}

func (s Saga) enter(o *Order, next Step, event string, now time.Time) []Message {
	o.Step = next
	o.Tries = 1
	o.Deadline = now.Add(s.patience(o.Tries))
	if next.Over() {
		o.Tries = 0
		o.Deadline = time.Time{}
	}
	o.History = append(o.History, Entry{At: now, Event: event, Step: next})
	return []Message{stages()[next].message(*o)}
}

// patience is how long the answer to a try is awaited. From the sixth try on it doubles, up
// to an hour: whoever has not answered five times needs people, and not more messages.
func (s Saga) patience(tries int) time.Duration {
	const patientTries, doublings = 5, 12
	return min(s.Patience<<min(max(0, tries-patientTries), doublings), max(s.Patience, time.Hour))
}

func tellPlaced(o Order) Message {
	lines := make([]events.OrderLine, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = events.OrderLine{ProductID: l.ProductID, Quantity: l.Quantity, UnitPrice: events.Money{
			Amount: l.UnitPrice.Amount(), Currency: l.UnitPrice.Currency(),
		}}
	}
	return Message{events.OrderPlacedV1, events.OrderPlaced{
		OrderID: o.ID, CustomerID: o.CustomerID, Lines: lines, Total: total(o), PlacedAt: o.PlacedAt,
	}}
}

func reserveStock(o Order) Message {
	lines := make([]events.StockLine, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = events.StockLine{ProductID: l.ProductID, Quantity: l.Quantity}
	}
	return Message{events.ReserveStockV1, events.ReserveStock{OrderID: o.ID, Lines: lines}}
}

func takePayment(o Order) Message {
	return Message{events.TakePaymentV1, events.TakePayment{OrderID: o.ID, Total: total(o), Method: o.PaymentMethod}}
}

func confirmStock(o Order) Message {
	return Message{events.ConfirmStockV1, events.ConfirmStock{OrderID: o.ID}}
}

func refundPayment(o Order) Message {
	return Message{events.RefundPaymentV1, events.RefundPayment{OrderID: o.ID}}
}

func releaseStock(o Order) Message {
	return Message{events.ReleaseStockV1, events.ReleaseStock{OrderID: o.ID}}
}

func tellCompleted(o Order) Message {
	return Message{events.OrderCompletedV1, events.OrderCompleted{OrderID: o.ID, CustomerID: o.CustomerID, Total: total(o)}}
}

func tellCancelled(o Order) Message {
	return Message{events.OrderCancelledV1, events.OrderCancelled{
		OrderID: o.ID, CustomerID: o.CustomerID, Reason: string(o.Reason),
	}}
}

func total(o Order) events.Money {
	return events.Money{Amount: o.Total.Amount(), Currency: o.Total.Currency()}
}
