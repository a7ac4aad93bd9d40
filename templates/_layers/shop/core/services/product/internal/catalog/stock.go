package catalog

import (
	"context"

	"github.com/google/uuid"

	"example.com/app/events"
)

// Reserve puts aside all that an order needs, or nothing, and tells which.
func (s *Service) Reserve(ctx context.Context, orderID uuid.UUID, message string, lines []Line) error {
	return s.Store.Deal(ctx, orderID, message, lines, func(r *Reservation, shelf Shelf) ([]events.Event, error) {
		if refusal := r.Reserve(lines, shelf); refusal != "" {
			return s.answer(events.StockRefusedV1, orderID, events.StockRefused{OrderID: orderID, Reason: refusal})
		}
		return s.answer(events.StockReservedV1, orderID, events.StockReserved{OrderID: orderID})
	})
}

// Confirm sells what was put aside for an order, and tells whether it could.
func (s *Service) Confirm(ctx context.Context, orderID uuid.UUID, message string) error {
	return s.Store.Deal(ctx, orderID, message, nil, func(r *Reservation, shelf Shelf) ([]events.Event, error) {
		if refusal := r.Confirm(shelf); refusal != "" {
			return s.answer(events.StockRefusedV1, orderID, events.StockRefused{OrderID: orderID, Reason: refusal})
		}
		return s.answer(events.StockConfirmedV1, orderID, events.StockConfirmed{OrderID: orderID})
	})
}

// Release puts back whatever was put aside for an order, or sold to it, and tells so.
func (s *Service) Release(ctx context.Context, orderID uuid.UUID, message string) error {
	return s.Store.Deal(ctx, orderID, message, nil, func(r *Reservation, shelf Shelf) ([]events.Event, error) {
		r.Release(shelf)
		return s.answer(events.StockReleasedV1, orderID, events.StockReleased{OrderID: orderID})
	})
}

func (s *Service) answer(eventType string, orderID uuid.UUID, data any) ([]events.Event, error) {
	e, err := events.New(Source, eventType, orderID, s.now(), data)
	if err != nil {
		return nil, err
	}
	return []events.Event{e}, nil
}
