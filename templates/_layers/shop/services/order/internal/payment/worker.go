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
		Name:   Consumer,
		Types:  []string{events.TakePaymentV1, events.RefundPaymentV1},
		Handle: w.handle,
	}
}

type worker struct {
	provider  Provider
	checkouts *checkout.Service
}

func (w *worker) handle(ctx context.Context, e events.Event) error {
	if e.Type == events.TakePaymentV1 {
		return w.take(ctx, e)
	}
	return w.refund(ctx, e)
}

func (w *worker) take(ctx context.Context, e events.Event) error {
	asked, err := events.Decode[events.TakePayment](e)
	if err != nil {
		return errors.Join(bus.ErrPermanent, err)
	}
	err = w.provider.Charge(ctx, asked.OrderID, asked.Total, asked.Method)
	if errors.Is(err, ErrRefused) {
		return w.checkouts.Answer(ctx, asked.OrderID, e.ID, checkout.PaymentDeclined)
	}
	return err
}

func (w *worker) refund(ctx context.Context, e events.Event) error {
	asked, err := events.Decode[events.RefundPayment](e)
	if err != nil {
		return errors.Join(bus.ErrPermanent, err)
	}
	if err := w.provider.Refund(ctx, asked.OrderID); err != nil {
		return err
	}
	return w.checkouts.Answer(ctx, asked.OrderID, e.ID, checkout.PaymentRefunded)
}
