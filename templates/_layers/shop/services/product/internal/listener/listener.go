// Package listener hears on the bus what the order service asks for.
package listener

import (
	"context"
	"errors"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/product/internal/catalog"
)

// Consumer is the name under which the bus knows this.
const Consumer = "product-stock"

// Stock returns what does as the order service asks, and answers.
func Stock(products *catalog.Service) bus.Consumer {
	return bus.Consumer{
		Name:  Consumer,
		Types: []string{events.ReserveStockV1, events.ConfirmStockV1, events.ReleaseStockV1},
		Handle: func(ctx context.Context, e events.Event) error {
			switch e.Type {
			case events.ReserveStockV1:
				return reserve(ctx, products, e)
			case events.ConfirmStockV1:
				return confirm(ctx, products, e)
			default:
				return release(ctx, products, e)
			}
		},
	}
}

func reserve(ctx context.Context, products *catalog.Service, e events.Event) error {
	asked, err := events.Decode[events.ReserveStock](e)
	if err != nil {
		return errors.Join(bus.ErrPermanent, err)
	}
	lines := make([]catalog.Line, len(asked.Lines))
	for i, l := range asked.Lines {
		lines[i] = catalog.Line(l)
	}
	return products.Reserve(ctx, asked.OrderID, e.ID, lines)
}

func confirm(ctx context.Context, products *catalog.Service, e events.Event) error {
	asked, err := events.Decode[events.ConfirmStock](e)
	if err != nil {
		return errors.Join(bus.ErrPermanent, err)
	}
	return products.Confirm(ctx, asked.OrderID, e.ID)
}

func release(ctx context.Context, products *catalog.Service, e events.Event) error {
	asked, err := events.Decode[events.ReleaseStock](e)
	if err != nil {
		return errors.Join(bus.ErrPermanent, err)
	}
	return products.Release(ctx, asked.OrderID, e.ID)
}
