package order_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/events/eventstest"
	"example.com/app/internal/auth"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/listener"
	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/payment"
	"example.com/app/services/order/internal/view"
)

type untraced struct{}

func (untraced) Current(context.Context) string { return "" }

func (untraced) Continue(ctx context.Context, _, _ string) (context.Context, func()) {
	return ctx, func() {}
}

// world is the service in memory, without its web side.
type world struct {
	checkouts *checkout.Service
	outbox    *outbox.Memory
	view      *memory.View
	now       time.Time
}

func newWorld() *world {
	w := &world{outbox: outbox.NewMemory(), view: new(memory.View), now: time.Now()}
	w.checkouts = &checkout.Service{
		Store:     memory.NewOrders(w.outbox),
		Catalogue: w.view,
		Saga:      checkout.Saga{Patience: time.Second},
		Policy:    checkout.NewPolicy(),
		Now:       func() time.Time { return w.now },
		Logger:    slog.New(slog.DiscardHandler),
		Trace:     untraced{},
		Moved:     func(checkout.Step, checkout.Reason, time.Duration) {},
	}
	return w
}

// told returns what was said since it was last asked.
func (w *world) told(t *testing.T) []events.Event {
	t.Helper()
	var all []events.Event
	_, err := w.outbox.Forward(t.Context(), 100, func(_ context.Context, told ...events.Event) error {
		all = append(all, told...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sampleLog is the bus's log of some samples, at whose end somebody is told.
type sampleLog struct {
	told []events.Event
	end  func()
}

func (l sampleLog) Read(ctx context.Context, _ bus.Position, _ []string, handle func(context.Context, uint64, events.Event) error) error {
	defer l.end()
	for i, e := range l.told {
		if err := handle(ctx, uint64(i)+1, e); err != nil {
			return err
		}
	}
	return nil
}

func (l sampleLog) ReadUntil(ctx context.Context, _, _ uint64, types []string, handle func(context.Context, uint64, events.Event) error) error {
	return l.Read(ctx, bus.Position{}, types, handle)
}

func (l sampleLog) Last(context.Context) (uint64, error) { return uint64(len(l.told)), nil }

// project writes samples into the view.
func (w *world) project(t *testing.T, types ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := sampleLog{end: cancel}
	for _, eventType := range types {
		log.told = append(log.told, eventstest.Sample(t, eventType))
	}
	if err := (&view.Projector{Log: log, Store: w.view, Logger: slog.New(slog.DiscardHandler)}).Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// place orders the product of the samples.
func (w *world) place(t *testing.T) checkout.Order {
	t.Helper()
	sample, err := events.Decode[events.ProductChanged](eventstest.Sample(t, events.ProductChangedV1))
	if err != nil {
		t.Fatal(err)
	}
	o, err := w.checkouts.Place(t.Context(), auth.Actor{ID: uuid.New(), Role: auth.RoleUser}, checkout.Request{
		Lines: []checkout.RequestLine{{ProductID: sample.ProductID, Quantity: 1}}, PaymentMethod: "card",
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w *world) answer(t *testing.T, o checkout.Order, answers ...checkout.Answer) {
	t.Helper()
	for _, a := range answers {
		if err := w.checkouts.Answer(t.Context(), o.ID, uuid.NewString(), a); err != nil {
			t.Fatal(err)
		}
	}
}

// TestContractTells: whatever the service tells is what others were promised.
func TestContractTells(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.project(t, events.ProductChangedV1)
	w.answer(t, w.place(t), checkout.StockReserved, checkout.PaymentTaken, checkout.StockConfirmed)
	w.answer(t, w.place(t), checkout.StockReserved, checkout.PaymentTaken, checkout.StockRefused, checkout.PaymentRefunded, checkout.StockReleased)
	told := w.told(t)
	eventstest.WantLike(t, told...)
	eventstest.WantTypes(t, told,
		events.OrderPlacedV1, events.OrderCompletedV1, events.OrderCancelledV1,
		events.ReserveStockV1, events.ConfirmStockV1, events.ReleaseStockV1,
		events.TakePaymentV1, events.RefundPaymentV1)
}

// TestContractListens: whatever product was promised to be able to answer moves the order.
func TestContractListens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		answer   string
		at, want checkout.Step
	}{
		{events.StockReservedV1, checkout.Reserving, checkout.Paying},
		{events.StockRefusedV1, checkout.Reserving, checkout.Cancelled},
		{events.StockConfirmedV1, checkout.Confirming, checkout.Completed},
		{events.StockReleasedV1, checkout.Releasing, checkout.Cancelled},
	}
	for _, test := range tests {
		t.Run(test.answer, func(t *testing.T) {
			t.Parallel()
			w, sample := newWorld(), eventstest.Sample(t, test.answer)
			price, err := money.New(1000, "IDR")
			if err != nil {
				t.Fatal(err)
			}
			id := uuid.MustParse(sample.Subject)
			if err := w.checkouts.Store.Create(t.Context(), checkout.Order{ID: id, Total: price, Step: test.at}); err != nil {
				t.Fatal(err)
			}
			consumer := listener.Stock(w.checkouts)
			if err := consumer.Handle(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
			if o, err := w.checkouts.Store.Get(t.Context(), id); err != nil || o.Step != test.want {
				t.Errorf("after %s the order is at %s (%v), want %s", test.answer, o.Step, err, test.want)
			}
			if len(consumer.Types()) != len(tests) {
				t.Errorf("%d types are listened to, %d are tried", len(consumer.Types()), len(tests))
			}
		})
	}
}

// TestContractView: the list of orders is made of what three services were promised to tell.
func TestContractView(t *testing.T) {
	t.Parallel()
	for last, want := range map[string]view.Status{
		events.OrderPlacedV1: view.Pending, events.OrderCompletedV1: view.Completed, events.OrderCancelledV1: view.Cancelled,
	} {
		t.Run(last, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.project(t, events.UserRegisteredV1, events.ProductChangedV1, events.OrderPlacedV1, last)
			list, err := w.view.Orders(t.Context(), view.Query{Page: page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "placed_at"}}})
			if err != nil || len(list.Items) != 1 {
				t.Fatalf("Orders = %+v, %v, want one", list, err)
			}
			o := list.Items[0]
			if o.CustomerName != "Sari" || o.Lines[0].Product != "Angklung" || o.Total.Amount() != 37000000 || o.Status != want {
				t.Errorf("Orders = %+v, want Sari's of Angklung, %s", o, want)
			}
		})
	}
}

// asked is a payment provider that notes what it is asked for.
type asked []string

func (a *asked) Charge(_ context.Context, orderID uuid.UUID, total events.Money, method string) error {
	*a = append(*a, "charge "+orderID.String()+" "+total.Currency+" "+method)
	return nil
}

func (a *asked) Refund(_ context.Context, orderID uuid.UUID) error {
	*a = append(*a, "refund "+orderID.String())
	return nil
}

// TestContractPayments: the service's own worker understands what is asked of it.
func TestContractPayments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		asked string
		at    checkout.Step
		want  string
	}{
		{events.TakePaymentV1, checkout.Paying, "charge %s IDR card"},
		{events.RefundPaymentV1, checkout.Refunding, "refund %s"},
	} {
		t.Run(test.asked, func(t *testing.T) {
			t.Parallel()
			w, sample := newWorld(), eventstest.Sample(t, test.asked)
			order := checkout.Order{ID: uuid.MustParse(sample.Subject), Step: test.at}
			if err := w.checkouts.Store.Create(t.Context(), order); err != nil {
				t.Fatal(err)
			}
			var provider asked
			if err := payment.Worker(&provider, w.checkouts).Handle(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf(test.want, order.ID); len(provider) != 1 || provider[0] != want {
				t.Errorf("the provider was asked for %q, want %q", provider, want)
			}
		})
	}
}
