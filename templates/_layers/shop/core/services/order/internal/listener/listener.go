// Package listener hears on the bus what other services answer.
package listener

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
)

// Consumer is the name under which the bus knows this.
const Consumer = "order-checkout"

// Stock returns what hears the product service's answers about the stock.
func Stock(checkouts *checkout.Service) bus.Consumer {
	tell := func(answer checkout.Answer) bus.Handler {
		return func(ctx context.Context, e events.Event) error {
			id, err := uuid.Parse(e.Subject)
			if err != nil {
				return fmt.Errorf("%w: subject of %s: %w", bus.ErrPermanent, e.Type, err)
			}
			return checkouts.Answer(ctx, id, e.ID, answer)
		}
	}
	return bus.Consumer{
		Name: Consumer,
		Handlers: bus.Handlers{
			events.StockReservedV1:  tell(checkout.StockReserved),
			events.StockRefusedV1:   tell(checkout.StockRefused),
			events.StockConfirmedV1: tell(checkout.StockConfirmed),
			events.StockReleasedV1:  tell(checkout.StockReleased),
		},
	}
}
