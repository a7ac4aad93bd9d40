package checkout_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/listener"
	"example.com/app/services/order/internal/payment"
)

var seed = flag.Uint64("seed", 0, "seed of the first checkout of TestLuck; 0: another one each time")

// TestLuck leads checkouts through a world in which messages come late, twice, in any
// order or not at all, the service crashes, and the others decline or do not answer. It
// looks for one that ends as none may. With the seed of a failure, the first checkout is
// the one that failed.
func TestLuck(t *testing.T) {
	t.Parallel()
	const checkouts = 1000
	first := *seed
	if first == 0 {
		first = rand.Uint64()
	}
	ends := make(map[checkout.Step]int)
	for i := range uint64(checkouts) {
		synctest.Test(t, func(t *testing.T) { ends[tryLuck(t, first+i)]++ })
		if t.Failed() {
			t.Fatalf("to see it again: go test -run TestLuck -args -seed %d", first+i)
		}
	}
	t.Logf("seed %d: %v", first, ends)
	if ends[checkout.Completed] == 0 || ends[checkout.Cancelled] == 0 {
		t.Errorf("seed %d: checkouts ended %v, want some of each end", first, ends)
	}
}

func tryLuck(t *testing.T, seed uint64) checkout.Step {
	ctx, stop := context.WithCancel(t.Context())
	w := newWorld(t, seed)
	var running sync.WaitGroup
	running.Go(func() { w.shop.KeepDeadlines(ctx, patience/5) })
	// The world wakes up between two looks at deadlines: which of both comes first is
	// not left to chance, but to the seed.
	time.Sleep(patience / 10)

	w.collect(t)
	w.check(t) // nothing is confirmed or over yet
	for range w.random.IntN(60) {
		w.turn(t)
	}
	w.rough = false
	const enough = 500
	for turns := 0; !w.over(t) && turns < enough; turns++ {
		w.turn(t)
	}
	for range 1 + w.random.IntN(2) { // what is still on its way comes late
		w.turnAll(t)
	}
	stop()
	running.Wait()
	o := w.shop.order(t, w.order)
	if !o.Step.Over() {
		t.Errorf("after all, order is %s, want an end: %+v", o.Step, o.History)
	}
	w.check(t)
	return o.Step
}

// world is everything that one checkout has to do with.
type world struct {
	random *rand.Rand
	rough  bool // whether things go wrong
	shop   *shop
	order  uuid.UUID

	stock     *stock
	bank      *bank
	consumers map[string]bus.Consumer // by event type
	onTheWay  []events.Event
	notices   []notice
	said      []string // all that the shop ever said
}

// notice is the bank's word on a charge.
type notice struct {
	id     string
	answer checkout.Answer
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{
		random: rand.New(rand.NewPCG(seed, 0)), rough: true,
		shop: newShop(t), consumers: make(map[string]bus.Consumer),
	}
	w.stock, w.bank = &stock{world: w}, &bank{world: w}
	for _, consumer := range []bus.Consumer{
		listener.Stock(w.shop.Service), payment.Worker(w.bank, w.shop.Service), w.stock.consumer(),
	} {
		for _, kind := range consumer.Types() {
			w.consumers[kind] = consumer
		}
	}
	w.order = w.shop.place(t)
	return w
}

// chance is true once in n times while things go wrong.
func (w *world) chance(n int) bool { return w.rough && w.random.IntN(n) == 0 }

func (w *world) over(t *testing.T) bool { return w.shop.order(t, w.order).Step.Over() }

// turn lets one thing happen.
func (w *world) turn(t *testing.T) {
	w.shop.store.set(never)
	if w.chance(4) {
		w.shop.store.set([]crash{before, after}[w.random.IntN(2)])
	}
	switch pick := w.random.IntN(4); {
	case pick == 0:
		time.Sleep(time.Duration(1+w.random.IntN(8)) * patience / 5)
	case pick == 1 && len(w.notices) > 0:
		w.notify(t, w.random.IntN(len(w.notices)))
	case len(w.onTheWay) > 0:
		w.deliver(t, w.random.IntN(len(w.onTheWay)))
	}
	w.collect(t)
}

// turnAll delivers everything that is on its way.
func (w *world) turnAll(t *testing.T) {
	for len(w.onTheWay)+len(w.notices) > 0 {
		if len(w.notices) > 0 {
			w.notify(t, w.random.IntN(len(w.notices)))
		} else {
			w.deliver(t, w.random.IntN(len(w.onTheWay)))
		}
		w.collect(t)
	}
}

// deliver hands over a message. It stays where it is after an error, and may be lost, or
// come again.
func (w *world) deliver(t *testing.T, i int) {
	e := w.onTheWay[i]
	consumer, known := w.consumers[e.Type]
	lost := !w.over(t) && w.chance(20) // what is said after the end is asked for once, and left to the bus
	var err error
	if known && !lost {
		err = consumer.Handle(t.Context(), e)
	}
	if err == nil && !w.chance(5) {
		w.onTheWay = slices.Delete(w.onTheWay, i, i+1)
	}
}

func (w *world) notify(t *testing.T, i int) {
	n := w.notices[i]
	err := w.shop.AnswerFromOutside(t.Context(), w.order, n.id, n.answer)
	if err == nil && !w.chance(5) {
		w.notices = slices.Delete(w.notices, i, i+1)
	}
}

// collect puts on its way what the shop says.
func (w *world) collect(t *testing.T) {
	for _, e := range w.shop.said(t) {
		w.said = append(w.said, e.Type)
		w.onTheWay = append(w.onTheWay, e)
		if e.Type == events.ConfirmStockV1 && w.bank.state != taken {
			t.Errorf("stock is confirmed while the payment is %q", w.bank.state)
		}
	}
}

// check looks for what may not be, ever.
func (w *world) check(t *testing.T) {
	o := w.shop.order(t, w.order)
	did := func(command string) bool { return slices.Contains(w.said, command) }
	heard := func(a checkout.Answer) bool {
		return slices.ContainsFunc(o.History, func(e checkout.Entry) bool { return e.Event == string(a) })
	}
	count := func(event string) (n int) {
		for _, s := range w.said {
			if s == event {
				n++
			}
		}
		return n
	}
	completed, cancelled := o.Step == checkout.Completed, o.Step == checkout.Cancelled
	stockKept := w.stock.state == reserved || w.stock.state == sold
	for _, rule := range []struct {
		name   string
		broken bool
	}{
		{"an order is placed once", count(events.OrderPlacedV1) != 1},
		{"a completed order is told of once, and no other", count(events.OrderCompletedV1) != ones(completed)},
		{"a cancelled order is told of once, and no other", count(events.OrderCancelledV1) != ones(cancelled)},
		{"nothing is confirmed before it is paid", did(events.ConfirmStockV1) && !heard(checkout.PaymentTaken)},
		{"nothing is paid before it is put aside", did(events.TakePaymentV1) && !heard(checkout.StockReserved)},
		{"a completed order is paid and sold", completed && (w.bank.state != taken || w.stock.state != sold)},
		{"a completed order is not undone", completed && (did(events.RefundPaymentV1) || did(events.ReleaseStockV1))},
		{"a cancelled order has a reason, and no other", cancelled != (o.Reason != "") && o.Step.Over()},
		{"a cancelled order's payment is given back", cancelled && w.bank.state == taken},
		{"a cancelled order's stock is put back", cancelled && stockKept},
		{"what was paid is refunded", cancelled && heard(checkout.PaymentTaken) && !did(events.RefundPaymentV1)},
		{"what was put aside is released", cancelled && heard(checkout.StockReserved) && !heard(checkout.StockReleased)},
	} {
		if rule.broken {
			t.Errorf("%s: order is %s (%s), stock %q, payment %q, said %v, history %+v",
				rule.name, o.Step, o.Reason, w.stock.state, w.bank.state, w.said, o.History)
		}
	}
}

func ones(b bool) int {
	if b {
		return 1
	}
	return 0
}
