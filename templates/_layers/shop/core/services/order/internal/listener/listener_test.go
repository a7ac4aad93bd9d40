package listener_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
	"example.com/app/services/order/internal/listener"
)

// said is an event as the product service tells it.
func said(t *testing.T, eventType string, orderID uuid.UUID) events.Event {
	t.Helper()
	e, err := events.New("product", eventType, orderID, time.Now(), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestStock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		answers []checkout.Answer // before
		event   string
		want    checkout.Step
	}{
		{"stock is put aside", nil, events.StockReservedV1, checkout.Paying},
		{"there is not enough stock", nil, events.StockRefusedV1, checkout.Cancelled},
		{
			"stock is sold", []checkout.Answer{checkout.StockReserved, checkout.PaymentTaken},
			events.StockConfirmedV1, checkout.Completed,
		},
		{
			"stock is gone", []checkout.Answer{checkout.StockReserved, checkout.PaymentTaken},
			events.StockRefusedV1, checkout.Refunding,
		},
		{
			"stock is put back", []checkout.Answer{checkout.StockReserved, checkout.PaymentDeclined},
			events.StockReleasedV1, checkout.Cancelled,
		},
		{"what nobody has asked for", nil, events.StockConfirmedV1, checkout.Reserving},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkouts, _ := checkouttest.NewService()
			o := checkouttest.Place(t, checkouts, tt.answers...)
			consumer, e := listener.Stock(checkouts), said(t, tt.event, o.ID)
			for range 2 { // the second changes nothing
				if err := consumer.Handle(t.Context(), e); err != nil {
					t.Errorf("Handle(%s) = %v", e.Type, err)
				}
				checkouttest.WantStep(t, checkouts, o.ID, tt.want)
			}
		})
	}
}

// TestStockKnowsItsTypes has each type that the consumer asks the bus for mean something.
func TestStockKnowsItsTypes(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	consumer := listener.Stock(checkouts)
	if consumer.Name != listener.Consumer {
		t.Errorf("Stock() = consumer %s, want %s", consumer.Name, listener.Consumer)
	}
	for _, eventType := range consumer.Types() {
		moved := false
		for _, before := range [][]checkout.Answer{
			nil,
			{checkout.StockReserved, checkout.PaymentTaken},
			{checkout.StockReserved, checkout.PaymentDeclined},
		} {
			o := checkouttest.Place(t, checkouts, before...)
			if err := consumer.Handle(t.Context(), said(t, eventType, o.ID)); err != nil {
				t.Errorf("Handle(%s) = %v", eventType, err)
			}
			after, err := checkouts.Store.Get(t.Context(), o.ID)
			if err != nil {
				t.Fatal(err)
			}
			moved = moved || after.Step != o.Step
		}
		if !moved {
			t.Errorf("%s moves no order", eventType)
		}
	}
}

func TestStockErrors(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	consumer := listener.Stock(checkouts)
	noOrder := said(t, events.StockReservedV1, uuid.New())
	noOrder.Subject = "order 1"
	if err := consumer.Handle(t.Context(), noOrder); !errors.Is(err, bus.ErrPermanent) {
		t.Errorf("Handle(subject that is no id) = %v, want %v", err, bus.ErrPermanent)
	}
	// The order may be there at the next try.
	err := consumer.Handle(t.Context(), said(t, events.StockReservedV1, uuid.New()))
	if !errors.Is(err, checkout.ErrNotFound) || errors.Is(err, bus.ErrPermanent) {
		t.Errorf("Handle(unknown order) = %v, want %v", err, checkout.ErrNotFound)
	}
}
