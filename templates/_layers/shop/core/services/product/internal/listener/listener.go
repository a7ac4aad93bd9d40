// Package listener hears on the bus what the order service asks for.
package listener

import (
	"context"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/product/internal/catalog"
)

// Consumer is the name under which the bus knows this.
const Consumer = "product-stock"

// Stock returns what does as the order service asks, and answers.
func Stock(products *catalog.Service) bus.Consumer {
	return bus.Consumer{
		Name: Consumer,
		Handlers: bus.Handlers{
			events.ReserveStockV1: bus.Decoded(func(ctx context.Context, e events.Event, asked events.ReserveStock) error {
				lines := make([]catalog.Line, len(asked.Lines))
				for i, l := range asked.Lines {
					lines[i] = catalog.Line(l)
				}
				return products.Reserve(ctx, asked.OrderID, e.ID, lines)
			}),
			events.ConfirmStockV1: bus.Decoded(func(ctx context.Context, e events.Event, asked events.ConfirmStock) error {
				return products.Confirm(ctx, asked.OrderID, e.ID)
			}),
			events.ReleaseStockV1: bus.Decoded(func(ctx context.Context, e events.Event, asked events.ReleaseStock) error {
				return products.Release(ctx, asked.OrderID, e.ID)
			}),
		},
	}
}
