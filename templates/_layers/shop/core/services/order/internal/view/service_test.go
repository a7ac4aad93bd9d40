package view_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/view"
	"example.com/app/services/order/internal/view/viewtest"
)

func TestWhoseOrders(t *testing.T) {
	t.Parallel()
	ann, bob := uuid.New(), uuid.New()
	store := new(memory.View)
	follow(t, &viewtest.Log{Events: []events.Event{
		placed(t, 0, uuid.New(), ann), placed(t, 1, uuid.New(), ann), placed(t, 2, uuid.New(), bob),
	}}, store, new(bytes.Buffer))
	service := view.Service{Store: store, Policy: checkout.NewPolicy()}

	tests := []struct {
		name  string
		actor auth.Actor
		asks  *uuid.UUID // for this customer's
		want  int
		err   error
	}{
		{name: "a user's own", actor: auth.Actor{ID: ann, Role: auth.RoleUser}, want: 2},
		{name: "another's, to a user: the own", actor: auth.Actor{ID: bob, Role: auth.RoleUser}, asks: &ann, want: 1},
		{name: "all, to an admin", actor: auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}, want: 3},
		{name: "a user's, to an admin", actor: auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}, asks: &bob, want: 1},
		{name: "a guest's", err: auth.ErrUnauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := service.Orders(t.Context(), tt.actor, view.Query{
				CustomerID: tt.asks, Page: page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "placed_at"}},
			})
			if !errors.Is(err, tt.err) || got.Total != tt.want {
				t.Errorf("Orders() = %d orders, %v, want %d, %v", got.Total, err, tt.want, tt.err)
			}
		})
	}
}
