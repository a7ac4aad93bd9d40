package checkout_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/storetest"
	"example.com/app/services/order/internal/checkout"
)

// TestWho has orders of one customer, which nobody else sees but the admin.
func TestWho(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	id := s.place(t)
	tests := []struct {
		name  string
		actor auth.Actor
		get   error
		place error
	}{
		{"the customer", s.customer, nil, nil},
		{"another", auth.Actor{ID: uuid.New(), Role: auth.RoleUser}, checkout.ErrNotFound, nil},
		{"an admin", auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}, nil, nil},
		{"a guest", auth.Actor{}, auth.ErrUnauthenticated, auth.ErrUnauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if o, err := s.Get(t.Context(), tt.actor, id); !errors.Is(err, tt.get) || (err == nil) != (o.ID == id) {
				t.Errorf("Get() = %s, %v, want error %v", o.ID, err, tt.get)
			}
			_, err := s.Place(t.Context(), tt.actor, s.request())
			storetest.WantError(t, "Place()", err, tt.place)
		})
	}
	_, err := s.Get(t.Context(), s.customer, uuid.New())
	storetest.WantError(t, "Get(unknown)", err, checkout.ErrNotFound)
}

// TestWhatIsSaid reads what the other services are told in two checkouts.
func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	good, bad := s.place(t), s.place(t)
	for _, step := range []struct {
		id     uuid.UUID
		answer checkout.Answer
	}{
		{good, checkout.StockReserved}, {good, checkout.PaymentTaken}, {good, checkout.StockConfirmed},
		{bad, checkout.StockReserved}, {bad, checkout.PaymentTaken}, {bad, checkout.StockRefused},
		{bad, checkout.PaymentRefunded}, {bad, checkout.StockReleased},
	} {
		storetest.WantError(t, "Answer()", s.Answer(t.Context(), step.id, uuid.NewString(), step.answer), nil)
	}
	total := events.Money{Amount: 3 * 1999, Currency: "USD"}
	placed := func(id uuid.UUID) events.OrderPlaced {
		return events.OrderPlaced{
			OrderID: id, CustomerID: s.customer.ID, Total: total, PlacedAt: s.order(t, id).PlacedAt,
			Lines: []events.OrderLine{{ProductID: s.product.ID, Quantity: 3, UnitPrice: events.Money{Amount: 1999, Currency: "USD"}}},
		}
	}
	lines := []events.StockLine{{ProductID: s.product.ID, Quantity: 3}}
	said := s.said(t)
	wantSaid(t, said, good, events.OrderPlacedV1, placed(good))
	wantSaid(t, said, good, events.ReserveStockV1, events.ReserveStock{OrderID: good, Lines: lines})
	wantSaid(t, said, good, events.TakePaymentV1, events.TakePayment{OrderID: good, Total: total, Method: "card"})
	wantSaid(t, said, good, events.ConfirmStockV1, events.ConfirmStock{OrderID: good})
	wantSaid(t, said, good, events.OrderCompletedV1, events.OrderCompleted{OrderID: good, CustomerID: s.customer.ID, Total: total})
	wantSaid(t, said, bad, events.OrderPlacedV1, placed(bad))
	wantSaid(t, said, bad, events.RefundPaymentV1, events.RefundPayment{OrderID: bad})
	wantSaid(t, said, bad, events.ReleaseStockV1, events.ReleaseStock{OrderID: bad})
	wantSaid(t, said, bad, events.OrderCancelledV1, events.OrderCancelled{
		OrderID: bad, CustomerID: s.customer.ID, Reason: string(checkout.StockWithdrawn),
	})
}

// wantSaid expects one event of the type about the order, which says want.
func wantSaid[T any](t *testing.T, all []events.Event, id uuid.UUID, eventType string, want T) {
	t.Helper()
	var found []T
	for _, e := range all {
		if e.Type == eventType && e.Subject == id.String() && e.Source == checkout.Source {
			data, err := events.Decode[T](e)
			if err != nil {
				t.Error(err)
			}
			found = append(found, data)
		}
	}
	if !reflect.DeepEqual(found, []T{want}) {
		t.Errorf("%s says %+v, want %+v", eventType, found, want)
	}
}

func TestAnswerOfUnknownOrder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for name, answer := range map[string]func(ctx context.Context, id uuid.UUID, message string, a checkout.Answer) error{
		"Answer": s.Answer, "AnswerFromOutside": s.AnswerFromOutside,
	} {
		err := answer(t.Context(), uuid.New(), "m1", checkout.PaymentTaken)
		storetest.WantError(t, name+"(unknown)", err, checkout.ErrNotFound)
	}
}
