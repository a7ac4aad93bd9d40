package product_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/events/eventstest"
	"example.com/app/internal/money"
	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog"
	"example.com/app/services/product/internal/listener"
	"example.com/app/services/product/internal/memory"
)

// world is the service in memory, without its web side.
type world struct {
	products *catalog.Service
	outbox   *outbox.Memory
}

func newWorld() world {
	unsent := outbox.NewMemory()
	return world{&catalog.Service{Store: memory.NewProducts(unsent), Policy: catalog.NewPolicy(), Now: time.Now}, unsent}
}

// told returns what was said since it was last asked.
func (w world) told(t *testing.T) []events.Event {
	t.Helper()
	var all []events.Event
	_, err := w.outbox.Forward(t.Context(), 100, func(_ context.Context, told ...events.Event) error {
		all = append(all, told...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestContractTells: whatever the service tells is what others were promised.
func TestContractTells(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p, err := w.products.Add(t.Context(), catalog.Details{Name: "Angklung", Amount: 1000, Currency: "IDR"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.products.Receive(t.Context(), p.ID, uuid.New(), 1); err != nil {
		t.Fatal(err)
	}
	bought, tooLate := uuid.New(), uuid.New()
	for _, err := range []error{
		w.products.Reserve(t.Context(), bought, "1", []catalog.Line{{ProductID: p.ID, Quantity: 1}}),
		w.products.Reserve(t.Context(), tooLate, "2", []catalog.Line{{ProductID: p.ID, Quantity: 1}}),
		w.products.Confirm(t.Context(), bought, "3"),
		w.products.Release(t.Context(), tooLate, "4"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	told := w.told(t)
	eventstest.WantLike(t, told...)
	eventstest.WantTypes(t, told, events.ProductChangedV1, events.StockReservedV1, events.StockRefusedV1, events.StockConfirmedV1, events.StockReleasedV1)
}

// TestContractListens: whatever others were promised to be able to ask is answered.
func TestContractListens(t *testing.T) {
	t.Parallel()
	w := newWorld()
	asked, err := events.Decode[events.ReserveStock](eventstest.Sample(t, events.ReserveStockV1))
	if err != nil {
		t.Fatal(err)
	}
	price, err := money.New(1000, "IDR")
	if err != nil {
		t.Fatal(err)
	}
	wanted := asked.Lines[0]
	if err := w.products.Store.Create(t.Context(), catalog.Product{ID: wanted.ProductID, Name: "Angklung", Price: price, Version: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.products.Receive(t.Context(), wanted.ProductID, uuid.New(), wanted.Quantity); err != nil {
		t.Fatal(err)
	}
	consumer := listener.Stock(w.products)
	answers := []struct {
		asked, want string
		stock       catalog.Stock
	}{
		{events.ReserveStockV1, events.StockReservedV1, catalog.Stock{Reserved: wanted.Quantity}},
		{events.ConfirmStockV1, events.StockConfirmedV1, catalog.Stock{Sold: wanted.Quantity}},
		{events.ReleaseStockV1, events.StockReleasedV1, catalog.Stock{Available: wanted.Quantity}},
	}
	for _, answer := range answers {
		if err := consumer.Handle(t.Context(), eventstest.Sample(t, answer.asked)); err != nil {
			t.Fatalf("%s: %v", answer.asked, err)
		}
		eventstest.WantTypes(t, w.told(t), answer.want)
		p, err := w.products.Store.Get(t.Context(), wanted.ProductID)
		if err != nil || p.Stock != answer.stock {
			t.Errorf("after %s the stock is %+v (%v), want %+v", answer.asked, p.Stock, err, answer.stock)
		}
	}
	if len(consumer.Types()) != len(answers) {
		t.Errorf("%d types are listened to, %d are tried", len(consumer.Types()), len(answers))
	}
}
