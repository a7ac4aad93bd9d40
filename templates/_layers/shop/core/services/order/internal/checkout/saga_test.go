package checkout_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
	"example.com/app/services/order/internal/checkout"
)

const patience = time.Second

func start() time.Time { return time.Date(2030, 1, 31, 9, 0, 0, 0, time.UTC) }

// at returns an order whose checkout has come to step in the usual way, or to a step back
// from the last step forward.
func at(t *testing.T, step checkout.Step) *checkout.Order {
	t.Helper()
	price, err := money.New(1999, "USD")
	if err != nil {
		t.Fatal(err)
	}
	o := &checkout.Order{
		ID: uuid.New(), CustomerID: uuid.New(), PaymentMethod: "card", PlacedAt: start(), Total: price,
		Lines: []checkout.Line{{ProductID: uuid.New(), Name: "Angklung", Quantity: 1, UnitPrice: price}},
	}
	saga := checkout.Saga{Patience: patience}
	saga.Begin(o)
	ways := map[checkout.Step][]checkout.Answer{
		checkout.Reserving:  nil,
		checkout.Paying:     {checkout.StockReserved},
		checkout.Confirming: {checkout.StockReserved, checkout.PaymentTaken},
		checkout.Completed:  {checkout.StockReserved, checkout.PaymentTaken, checkout.StockConfirmed},
		checkout.Refunding:  {checkout.StockReserved, checkout.PaymentTaken, checkout.StockRefused},
		checkout.Releasing:  {checkout.StockReserved, checkout.PaymentDeclined},
		checkout.Cancelled:  {checkout.StockRefused},
	}
	for _, answer := range ways[step] {
		saga.Hear(o, answer, start())
	}
	if o.Step != step {
		t.Fatalf("order is %s, want %s", o.Step, step)
	}
	return o
}

func steps() []checkout.Step {
	return []checkout.Step{
		checkout.Reserving, checkout.Paying, checkout.Confirming, checkout.Completed,
		checkout.Refunding, checkout.Releasing, checkout.Cancelled,
	}
}

func answers() []checkout.Answer {
	return []checkout.Answer{
		checkout.StockReserved, checkout.StockRefused, checkout.PaymentTaken, checkout.PaymentDeclined,
		checkout.StockConfirmed, checkout.PaymentRefunded, checkout.StockReleased,
	}
}

// TestHear is the whole table of steps and answers. What is not in it changes nothing.
func TestHear(t *testing.T) {
	t.Parallel()
	type move struct {
		from   checkout.Step
		answer checkout.Answer
	}
	type result struct {
		to     checkout.Step
		reason checkout.Reason
		says   string
	}
	table := map[move]result{
		{checkout.Reserving, checkout.StockReserved}:   {checkout.Paying, "", events.TakePaymentV1},
		{checkout.Reserving, checkout.StockRefused}:    {checkout.Cancelled, checkout.OutOfStock, events.OrderCancelledV1},
		{checkout.Paying, checkout.PaymentTaken}:       {checkout.Confirming, "", events.ConfirmStockV1},
		{checkout.Paying, checkout.PaymentDeclined}:    {checkout.Releasing, checkout.Declined, events.ReleaseStockV1},
		{checkout.Confirming, checkout.StockConfirmed}: {checkout.Completed, "", events.OrderCompletedV1},
		{checkout.Confirming, checkout.StockRefused}:   {checkout.Refunding, checkout.StockWithdrawn, events.RefundPaymentV1},
		{checkout.Refunding, checkout.PaymentRefunded}: {checkout.Releasing, checkout.StockWithdrawn, events.ReleaseStockV1},
		{checkout.Releasing, checkout.StockReleased}:   {checkout.Cancelled, checkout.Declined, events.OrderCancelledV1},
		{checkout.Releasing, checkout.PaymentTaken}:    {checkout.Refunding, checkout.Declined, events.RefundPaymentV1},
	}
	tooLate := map[move]string{ // what is said then
		{checkout.Cancelled, checkout.PaymentTaken}: events.RefundPaymentV1,
	}
	for _, from := range steps() {
		for _, answer := range answers() {
			t.Run(fmt.Sprintf("%s, %s", from, answer), func(t *testing.T) {
				t.Parallel()
				o := at(t, from)
				before := *o
				now := start().Add(time.Minute)
				said := checkout.Saga{Patience: patience}.Hear(o, answer, now)

				if undo, late := tooLate[move{from, answer}]; late {
					entry := checkout.Entry{At: now, Event: string(answer), Step: from}
					if len(said) != 1 || said[0].Type != undo || o.History[len(o.History)-1] != entry {
						t.Errorf("Hear = %v, history %+v, want one %s, and %+v", said, o.History, undo, entry)
					}
					if o.Step != before.Step || o.Reason != before.Reason || o.Deadline != before.Deadline {
						t.Errorf("order is %+v, want it where it was, %+v", *o, before)
					}
					return
				}
				want, awaited := table[move{from, answer}]
				if !awaited {
					if len(said) > 0 || o.Step != before.Step || len(o.History) != len(before.History) || o.Deadline != before.Deadline {
						t.Errorf("Hear = %v, order %+v, want no change", said, *o)
					}
					return
				}
				if o.Step != want.to || o.Reason != want.reason {
					t.Errorf("order is %s (%s), want %s (%s)", o.Step, o.Reason, want.to, want.reason)
				}
				if len(said) != 1 || said[0].Type != want.says {
					t.Errorf("Hear = %v, want one %s", said, want.says)
				}
				last := o.History[len(o.History)-1]
				if last != (checkout.Entry{At: now, Event: string(answer), Step: want.to}) {
					t.Errorf("last entry of the history = %+v", last)
				}
				if want := now.Add(patience); !o.Step.Over() && o.Deadline != want {
					t.Errorf("deadline = %s, want %s", o.Deadline, want)
				}
				if o.Step.Over() && !o.Deadline.IsZero() {
					t.Errorf("an order that is %s has the deadline %s", o.Step, o.Deadline)
				}
			})
		}
	}
}

// TestExpire lets nobody answer, ever.
func TestExpire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		step   checkout.Step
		asks   string
		tries  int // 0: for ever
		to     checkout.Step
		reason checkout.Reason
	}{
		{step: checkout.Reserving, asks: events.ReserveStockV1, tries: 3, to: checkout.Releasing, reason: checkout.StockSilent},
		{step: checkout.Paying, asks: events.TakePaymentV1, tries: 3, to: checkout.Refunding, reason: checkout.PaymentSilent},
		{step: checkout.Confirming, asks: events.ConfirmStockV1, tries: 5, to: checkout.Refunding, reason: checkout.StockSilent},
		{step: checkout.Refunding, asks: events.RefundPaymentV1},
		{step: checkout.Releasing, asks: events.ReleaseStockV1},
	}
	for _, tt := range tests {
		t.Run(string(tt.step), func(t *testing.T) {
			t.Parallel()
			saga := checkout.Saga{Patience: patience}
			o := at(t, tt.step)
			asked := 1
			for range 40 {
				if said := saga.Expire(o, o.Deadline.Add(-1)); said != nil {
					t.Fatalf("Expire before the deadline = %v", said)
				}
				now := o.Deadline
				said := saga.Expire(o, now)
				if o.Step != tt.step {
					break
				}
				asked++
				if len(said) != 1 || said[0].Type != tt.asks {
					t.Fatalf("Expire = %v, want one %s", said, tt.asks)
				}
				if wait := o.Deadline.Sub(now); wait < patience || wait > time.Hour {
					t.Fatalf("after %d tries the next is in %s", asked, wait)
				}
			}
			switch {
			case tt.tries == 0 && asked != 41:
				t.Errorf("asked %d times, want no end", asked)
			case tt.tries > 0 && (asked != tt.tries || o.Step != tt.to || o.Reason != tt.reason):
				t.Errorf("after %d tries the order is %s (%s), want %s (%s) after %d", asked, o.Step, o.Reason, tt.to, tt.reason, tt.tries)
			}
		})
	}
	for _, over := range []checkout.Step{checkout.Completed, checkout.Cancelled} {
		o := at(t, over)
		if said := (checkout.Saga{Patience: patience}).Expire(o, start().AddDate(1, 0, 0)); said != nil || o.Step != over {
			t.Errorf("Expire of an order that is %s = %v", over, said)
		}
	}
}
