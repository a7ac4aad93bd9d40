package checkout_test

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/outage"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/payment"
)

// state is what a party of TestLuck remembers of the order.
type state string

const (
	nothing  state = ""
	reserved state = "reserved"
	refused  state = "refused"
	sold     state = "sold"
	released state = "released"

	taken    state = "taken"
	declined state = "declined"
	refunded state = "refunded"
)

// stock keeps to what package events promises of the product service.
type stock struct {
	world *world
	state state
}

func (s *stock) consumer() bus.Consumer {
	return bus.Consumer{
		Name: "stock",
		Handlers: bus.Handlers{
			events.ReserveStockV1: s.handle, events.ConfirmStockV1: s.handle, events.ReleaseStockV1: s.handle,
		},
	}
}

func (s *stock) handle(_ context.Context, e events.Event) error {
	if s.world.chance(4) {
		return outage.ErrUnavailable
	}
	answer := events.StockRefusedV1
	switch e.Type {
	case events.ReserveStockV1:
		if s.state == nothing {
			s.state = reserved
			if s.world.chance(6) {
				s.state = refused
			}
		}
		if s.state == reserved || s.state == sold {
			answer = events.StockReservedV1
		}
	case events.ConfirmStockV1:
		if s.state == reserved {
			s.state = sold
			if s.world.chance(6) { // somebody has taken it from the shelf
				s.state = refused
			}
		}
		if s.state == sold {
			answer = events.StockConfirmedV1
		}
	case events.ReleaseStockV1:
		s.state = released
		answer = events.StockReleasedV1
	}
	id, err := uuid.Parse(e.Subject)
	if err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPermanent, err)
	}
	said, err := events.New("product", answer, id, s.world.shop.Now(), struct{}{})
	if err == nil {
		s.world.onTheWay = append(s.world.onTheWay, said)
	}
	return err
}

// bank keeps to what payment.Provider promises.
type bank struct {
	world *world
	state state
}

var _ payment.Provider = (*bank)(nil)

func (b *bank) Charge(context.Context, uuid.UUID, events.Money, string) error {
	if b.world.chance(4) {
		return outage.ErrUnavailable
	}
	if b.state == nothing {
		b.decide()
	}
	switch {
	case b.state == refused:
		return payment.ErrRefused
	case b.world.chance(4): // it has happened, and nobody knows
		return outage.ErrUnavailable
	default:
		return nil
	}
}

// decide settles what becomes of the charge. The shop hears of it once, twice or never.
func (b *bank) decide() {
	n := notice{id: uuid.NewString(), answer: checkout.PaymentTaken}
	b.state = taken
	switch {
	case b.world.chance(8):
		b.state = refused
		return
	case b.world.chance(6):
		b.state, n.answer = declined, checkout.PaymentDeclined
		if b.world.chance(4) { // and has changed its mind, which it never keeps to itself
			b.state = taken
			b.world.notices = append(b.world.notices, n, notice{id: uuid.NewString(), answer: checkout.PaymentTaken})
			return
		}
	}
	if !b.world.chance(6) {
		b.world.notices = append(b.world.notices, n)
	}
	if b.world.chance(6) {
		b.world.notices = append(b.world.notices, n)
	}
}

func (b *bank) Refund(context.Context, uuid.UUID) error {
	if b.world.chance(4) {
		return outage.ErrUnavailable
	}
	if b.state == nothing || b.state == taken {
		b.state = refunded
	}
	if b.world.chance(4) {
		return outage.ErrUnavailable
	}
	return nil
}
