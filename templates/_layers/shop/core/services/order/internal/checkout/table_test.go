package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/services/order/internal/checkout"
)

// happening is what may come of a step that was asked for.
type happening string

const (
	success happening = "success" // it is done
	refusal happening = "refusal" // it is declined
	timeout happening = "timeout" // its deadline passes once
	silence happening = "silence" // nobody ever answers
)

// manner is how the service gets over it. The effect is the same in all of them.
type manner string

const (
	smoothly    manner = "smoothly"
	crashBefore manner = "crash before" // the change is stored
	crashAfter  manner = "crash after"  // it is stored, and before that is known: the message comes again
	twice       manner = "twice"        // the message comes twice, the answer is given twice, two processes see the timeout
)

// cell is what becomes of an order that is at a step.
type cell struct {
	answers []checkout.Answer // that say so; each must lead to the same
	to      checkout.Step
	reason  checkout.Reason
	says    []string
}

// table has a cell for whatever may happen at each step.
func table() map[checkout.Step]map[happening]cell {
	again := func(n int, ask string, then ...string) []string {
		return append(slices.Repeat([]string{ask}, n), then...)
	}
	// A refund or a release is never declined: what does not work yet is asked for again,
	// ever more rarely. An answer that says so nevertheless changes nothing.
	refusals := []checkout.Answer{checkout.StockRefused, checkout.PaymentDeclined}
	const asksInLongTime = 8

	return map[checkout.Step]map[happening]cell{
		checkout.Reserving: {
			success: {
				answers: []checkout.Answer{checkout.StockReserved},
				to:      checkout.Paying, says: []string{events.TakePaymentV1},
			},
			refusal: {
				answers: []checkout.Answer{checkout.StockRefused},
				to:      checkout.Cancelled, reason: checkout.OutOfStock, says: []string{events.OrderCancelledV1},
			},
			timeout: {to: checkout.Reserving, says: again(1, events.ReserveStockV1)},
			silence: {
				to: checkout.Releasing, reason: checkout.StockSilent,
				says: again(2, events.ReserveStockV1, events.ReleaseStockV1),
			},
		},
		checkout.Paying: {
			success: {
				answers: []checkout.Answer{checkout.PaymentTaken},
				to:      checkout.Confirming, says: []string{events.ConfirmStockV1},
			},
			refusal: {
				answers: []checkout.Answer{checkout.PaymentDeclined},
				to:      checkout.Releasing, reason: checkout.Declined, says: []string{events.ReleaseStockV1},
			},
			timeout: {to: checkout.Paying, says: again(1, events.TakePaymentV1)},
			silence: {
				to: checkout.Refunding, reason: checkout.PaymentSilent,
				says: again(2, events.TakePaymentV1, events.RefundPaymentV1),
			},
		},
		checkout.Confirming: {
			success: {
				answers: []checkout.Answer{checkout.StockConfirmed},
				to:      checkout.Completed, says: []string{events.OrderCompletedV1},
			},
			refusal: {
				answers: []checkout.Answer{checkout.StockRefused},
				to:      checkout.Refunding, reason: checkout.StockWithdrawn, says: []string{events.RefundPaymentV1},
			},
			timeout: {to: checkout.Confirming, says: again(1, events.ConfirmStockV1)},
			silence: {
				to: checkout.Refunding, reason: checkout.StockSilent,
				says: again(4, events.ConfirmStockV1, events.RefundPaymentV1),
			},
		},
		checkout.Refunding: {
			success: {
				answers: []checkout.Answer{checkout.PaymentRefunded},
				to:      checkout.Releasing, reason: checkout.StockWithdrawn, says: []string{events.ReleaseStockV1},
			},
			refusal: {answers: refusals, to: checkout.Refunding, reason: checkout.StockWithdrawn},
			timeout: {to: checkout.Refunding, reason: checkout.StockWithdrawn, says: again(1, events.RefundPaymentV1)},
			silence: {
				to: checkout.Refunding, reason: checkout.StockWithdrawn,
				says: again(asksInLongTime, events.RefundPaymentV1),
			},
		},
		checkout.Releasing: {
			success: {
				answers: []checkout.Answer{checkout.StockReleased},
				to:      checkout.Cancelled, reason: checkout.Declined, says: []string{events.OrderCancelledV1},
			},
			refusal: {answers: refusals, to: checkout.Releasing, reason: checkout.Declined},
			timeout: {to: checkout.Releasing, reason: checkout.Declined, says: again(1, events.ReleaseStockV1)},
			silence: {
				to: checkout.Releasing, reason: checkout.Declined,
				says: again(asksInLongTime, events.ReleaseStockV1),
			},
		},
	}
}

// TestTable drives the service through whatever may happen at each step, in each manner.
func TestTable(t *testing.T) {
	t.Parallel()
	cells := table()
	for _, step := range []checkout.Step{
		checkout.Reserving, checkout.Paying, checkout.Confirming, checkout.Refunding, checkout.Releasing,
	} {
		for _, what := range []happening{success, refusal, timeout, silence} {
			for _, how := range []manner{smoothly, crashBefore, crashAfter, twice} {
				want, ok := cells[step][what]
				if !ok {
					t.Errorf("table has no cell for %s, %s", step, what)
				}
				t.Run(fmt.Sprintf("%s/%s/%s", step, what, how), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { runCell(t, step, what, how, want) })
				})
			}
		}
	}
}

// TestReasons has all reasons for which the table cancels, which are also those of the
// metrics.
func TestReasons(t *testing.T) {
	t.Parallel()
	var want []checkout.Reason
	for _, row := range table() {
		for _, c := range row {
			if c.reason != "" && !slices.Contains(want, c.reason) {
				want = append(want, c.reason)
			}
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(checkout.Reasons())); !slices.Equal(got, want) {
		t.Errorf("Reasons() = %q, want %q", got, want)
	}
}

func runCell(t *testing.T, step checkout.Step, what happening, how manner, want cell) {
	s := newShop(t)
	id := s.bring(t, step)
	s.store.set(map[manner]crash{crashBefore: before, crashAfter: after}[how])
	switch what {
	case timeout:
		s.wait(t, id, how, 3*patience/2)
	case silence:
		s.wait(t, id, how, longTime)
	case success, refusal:
		for _, answer := range want.answers {
			s.answer(t, id, how, answer)
		}
	}

	o := s.order(t, id)
	if o.Step != want.to || o.Reason != want.reason {
		t.Errorf("order is %s (%s), want %s (%s)", o.Step, o.Reason, want.to, want.reason)
	}
	said := s.said(t)
	if !slices.Equal(types(said), want.says) {
		t.Errorf("said %v, want %v", types(said), want.says)
	}
	for _, e := range said {
		if e.Subject != id.String() {
			t.Errorf("%s is about %s, want the order %s", e.Type, e.Subject, id)
		}
	}
	switch { // who counts moves does not survive a crash
	case how == crashAfter:
	case want.to == step:
		s.wantMoved(t)
	default:
		s.wantMoved(t, want.to)
	}
}

// answer hands an answer to the service, as the bus does: again until it succeeds.
func (s *shop) answer(t *testing.T, id uuid.UUID, how manner, a checkout.Answer) {
	t.Helper()
	message := uuid.NewString()
	unchanged := s.order(t, id)
	if how == crashBefore || how == crashAfter {
		if err := s.Answer(t.Context(), id, message, a); !errors.Is(err, errCrash) {
			t.Fatalf("Answer(%s) = %v, want a crash", a, err)
		}
		o := s.order(t, id)
		if how == crashBefore && (o.Step != unchanged.Step || len(o.History) != len(unchanged.History)) {
			t.Errorf("after a crash before the change was stored, order is %+v, want %+v", o, unchanged)
		}
	}
	deliveries := []string{message}
	if how == twice {
		deliveries = []string{message, message, uuid.NewString(), message}
	}
	for _, message := range deliveries {
		if err := s.Answer(t.Context(), id, message, a); err != nil {
			t.Fatalf("Answer(%s) = %v", a, err)
		}
	}
}

// longTime is longer than any answer is awaited that is not awaited for ever.
const longTime = 30 * patience

// wait lets deadlines be kept for a time, or until the order moves.
func (s *shop) wait(t *testing.T, id uuid.UUID, how manner, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	processes := 1
	if how == twice {
		processes = 2
	}
	var running sync.WaitGroup
	for range processes {
		running.Go(func() {
			if err := s.KeepDeadlines(ctx, patience/5); err != nil {
				t.Errorf("KeepDeadlines() = %v", err)
			}
		})
	}
	from, end := s.order(t, id).Step, time.Now().Add(d)
	for time.Now().Before(end) && s.order(t, id).Step == from {
		time.Sleep(patience / 10)
		synctest.Wait()
	}
	stop()
	running.Wait()
}
