package payment_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/outage"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
	"example.com/app/services/order/internal/payment"
)

func take(t *testing.T, id uuid.UUID) events.Event {
	t.Helper()
	return event(t, events.TakePaymentV1, id, events.TakePayment{OrderID: id, Total: price(), Method: "card"})
}

func refund(t *testing.T, id uuid.UUID) events.Event {
	t.Helper()
	return event(t, events.RefundPaymentV1, id, events.RefundPayment{OrderID: id})
}

func event(t *testing.T, eventType string, subject uuid.UUID, data any) events.Event {
	t.Helper()
	e, err := events.New(checkout.Source, eventType, subject, now(), data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// toRefunding are the answers after which a payment is given back.
func toRefunding() []checkout.Answer {
	return []checkout.Answer{checkout.StockReserved, checkout.PaymentTaken, checkout.StockRefused}
}

func TestWorker(t *testing.T) {
	t.Parallel()
	paying, refunding := []checkout.Answer{checkout.StockReserved}, toRefunding()
	cancelled := []checkout.Answer{checkout.StockRefused}
	tests := []struct {
		name    string
		answers []checkout.Answer
		event   func(t *testing.T, id uuid.UUID) events.Event
		asks    func(id uuid.UUID) asked
		times   int // that the provider is asked, of the two that the event comes
		status  int
		want    error
		step    checkout.Step
	}{
		{"a payment is under way", paying, take, charged, 2, http.StatusAccepted, nil, checkout.Paying},
		{"a payment is refused", paying, take, charged, 1, http.StatusPaymentRequired, nil, checkout.Releasing},
		{"nobody knows of a payment", paying, take, charged, 2, http.StatusBadGateway, outage.ErrUnavailable, checkout.Paying},
		{"a payment is asked for too late", refunding, take, charged, 0, http.StatusAccepted, nil, checkout.Refunding},
		{"a payment is asked for after the end", cancelled, take, charged, 0, http.StatusAccepted, nil, checkout.Cancelled},
		{"a refund is done", refunding, refund, refunded, 2, http.StatusOK, nil, checkout.Releasing},
		{"a refund is refused", refunding, refund, refunded, 2, http.StatusBadRequest, payment.ErrRefused, checkout.Refunding},
		{"nobody knows of a refund", refunding, refund, refunded, 2, http.StatusBadGateway, outage.ErrUnavailable, checkout.Refunding},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkouts, _ := checkouttest.NewService()
			o := checkouttest.Place(t, checkouts, tt.answers...)
			provider := newAPI(t)
			provider.answer(tt.status)
			worker, e := payment.Worker(&provider.HTTP, checkouts), tt.event(t, o.ID)
			for range 2 { // the second time, because of a crash after the first
				if err := worker.Handle(t.Context(), e); !errors.Is(err, tt.want) {
					t.Errorf("Handle(%s) = %v, want %v", e.Type, err, tt.want)
				}
				checkouttest.WantStep(t, checkouts, o.ID, tt.step)
			}
			provider.wantAsked(t, slices.Repeat([]asked{tt.asks(o.ID)}, tt.times)...)
		})
	}
}

func TestWorkerKnowsItsTypes(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	worker := payment.Worker(&newAPI(t).HTTP, checkouts)
	if want := []string{events.RefundPaymentV1, events.TakePaymentV1}; worker.Name != payment.Consumer || !slices.Equal(worker.Types(), want) {
		t.Errorf("Worker() = %s for %v, want %s for %v", worker.Name, worker.Types(), payment.Consumer, want)
	}
}

// TestWorkerGivesUp has events that no other try can mend.
func TestWorkerGivesUp(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	provider := newAPI(t)
	worker := payment.Worker(&provider.HTTP, checkouts)
	for _, eventType := range worker.Types() {
		for _, data := range []string{``, `{`, `[]`, `{"order_id":"1"}`} {
			err := worker.Handle(t.Context(), events.Event{ID: "e1", Type: eventType, Data: json.RawMessage(data)})
			if !errors.Is(err, bus.ErrPermanent) {
				t.Errorf("Handle(%s %q) = %v, want %v", eventType, data, err, bus.ErrPermanent)
			}
		}
	}
	provider.wantAsked(t)
}

// TestWorkerOnBus lets the bus try until the provider is back.
func TestWorkerOnBus(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	o := checkouttest.Place(t, checkouts, toRefunding()...)
	var tries int
	provider := client(t, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})))
	moved := make(chan checkout.Step, 1)
	checkouts.Moved = func(to checkout.Step, _ checkout.Reason, _ time.Duration) { moved <- to }

	connected := bustest.Connect(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := connected.Consume(ctx, payment.Worker(&provider, checkouts)); err != nil {
			t.Errorf("Consume() = %v", err)
		}
	})
	defer running.Wait()
	defer stop()
	if err := connected.Publish(t.Context(), refund(t, o.ID)); err != nil {
		t.Fatalf("Publish() = %v", err)
	}
	select {
	case to := <-moved:
		if to != checkout.Releasing || tries != 3 {
			t.Errorf("order moved to %s after %d tries, want %s after 3", to, tries, checkout.Releasing)
		}
	case <-time.After(20 * time.Second):
		t.Error("order did not move")
	}
}
