package payment

import (
	"context"
	"errors"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
)

// Consumer is the name under which the bus knows the worker.
const Consumer = "order-payment"

// Worker returns what does the payments that the checkout asks for. It asks the provider
// again after a crash: the provider knows by the order's id that it is the same payment.
func Worker(provider Provider, checkouts *checkout.Service) bus.Consumer {
	w := &worker{provider: provider, checkouts: checkouts}
	return bus.Consumer{
		Name: Consumer,
		Handlers: bus.Handlers{
			events.TakePaymentV1:   bus.Decoded(w.take),
			events.RefundPaymentV1: bus.Decoded(w.refund),
		},
	}
}

type worker struct {
	provider  Provider
	checkouts *checkout.Service
}

// take charges an order that still waits for it. A message may be old: one that failed for
// minutes, that somebody replays, or that comes again from a log that was restored.
func (w *worker) take(ctx context.Context, e events.Event, asked events.TakePayment) error {
	waits, err := w.checkouts.IsAt(ctx, asked.OrderID, checkout.Paying)
	if err != nil || !waits {
		return err
	}
	err = w.provider.Charge(ctx, asked.OrderID, asked.Total, asked.Method)
	if errors.Is(err, ErrRefused) {
		return w.checkouts.Answer(ctx, asked.OrderID, e.ID, checkout.PaymentDeclined)
	}
	return err
}

func (w *worker) refund(ctx context.Context, e events.Event, asked events.RefundPayment) error {
	if err := w.provider.Refund(ctx, asked.OrderID); err != nil {
		return err
	}
	return w.checkouts.Answer(ctx, asked.OrderID, e.ID, checkout.PaymentRefunded)
}
