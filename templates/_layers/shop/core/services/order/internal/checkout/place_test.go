package checkout_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/field"
	"example.com/app/internal/money"
	"example.com/app/internal/storetest"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	request := s.request()
	request.Key = "key"
	o, err := s.Place(checkouttest.With(t.Context(), "the request's trace"), s.customer, request)
	if err != nil {
		t.Fatalf("Place() = %v", err)
	}
	want := checkout.Order{
		ID: o.ID, CustomerID: s.customer.ID, Key: "key", Total: usd(t, 3*1999), PaymentMethod: "card",
		Lines:       []checkout.Line{{ProductID: s.product.ID, Name: "Angklung", Quantity: 3, UnitPrice: usd(t, 1999)}},
		TraceParent: "the request's trace", PlacedAt: o.PlacedAt,
		Step: checkout.Reserving, Tries: 1, Deadline: o.PlacedAt.Add(patience),
		History: []checkout.Entry{{At: o.PlacedAt, Event: checkout.Placed, Step: checkout.Reserving}},
	}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("Place() = %+v, want %+v", o, want)
	}
	if stored := s.order(t, o.ID); !reflect.DeepEqual(stored, want) {
		t.Errorf("stored = %+v, want %+v", stored, want)
	}
	if said := types(s.said(t)); !slices.Equal(said, []string{events.OrderPlacedV1, events.ReserveStockV1}) {
		t.Errorf("said %v, want that it is placed, and to put stock aside", said)
	}
	s.wantMoved(t, checkout.Reserving)
}

func TestPlaceAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	request := s.request()
	request.Key = "key"
	first, err := s.Place(t.Context(), s.customer, request)
	if err != nil {
		t.Fatalf("Place() = %v", err)
	}
	s.said(t)
	s.Catalogue = checkouttest.Catalogue{} // what was bought may be gone meanwhile
	again, err := s.Place(t.Context(), s.customer, request)
	if err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("Place(again) = %+v, %v, want %+v", again, err, first)
	}
	for name, change := range map[string]func(*checkout.Request){
		"quantity": func(r *checkout.Request) { r.Lines[0].Quantity++ },
		"product":  func(r *checkout.Request) { r.Lines[0].ProductID = uuid.New() },
		"lines":    func(r *checkout.Request) { r.Lines = nil },
		"method":   func(r *checkout.Request) { r.PaymentMethod = "cash" },
	} {
		another := s.request()
		another.Key = "key"
		change(&another)
		_, err := s.Place(t.Context(), s.customer, another)
		storetest.WantError(t, "Place(another "+name+")", err, checkout.ErrKeyTaken)
	}
	if said := s.said(t); len(said) > 0 {
		t.Errorf("said %v, want nothing more", types(said))
	}
}

// TestPlaceAtOnce has requests with one key, all of which find that it is new.
func TestPlaceAtOnce(t *testing.T) {
	t.Parallel()
	const racers = 16
	s := newShop(t)
	s.Store = newCrossing(s.Store, racers)
	request := s.request()
	request.Key = "key"
	var ids [racers]uuid.UUID
	errs := storetest.Race(racers, func(i int) error {
		o, err := s.Place(t.Context(), s.customer, request)
		ids[i] = o.ID
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Errorf("Place() = %v", err)
	}
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one key got the orders %s and %s", ids[0], id)
		}
	}
	if said := types(s.said(t)); len(said) != 2 {
		t.Errorf("said %v, want it once", said)
	}
	s.wantMoved(t, checkout.Reserving)
}

// crossing is a store that answers the first requests for a key when all of them have
// asked.
type crossing struct {
	checkout.Store
	first   atomic.Int32
	waiting sync.WaitGroup
}

func newCrossing(store checkout.Store, n int) *crossing {
	c := &crossing{Store: store}
	c.first.Store(int32(n))
	c.waiting.Add(n)
	return c
}

func (c *crossing) ByKey(ctx context.Context, customerID uuid.UUID, key string) (checkout.Order, error) {
	o, err := c.Store.ByKey(ctx, customerID, key)
	if c.first.Add(-1) >= 0 {
		c.waiting.Done()
		c.waiting.Wait()
	}
	return o, err
}

func TestPlaceRefused(t *testing.T) {
	t.Parallel()
	dear, free, yen := uuid.New(), uuid.New(), uuid.New()
	lines := func(all ...checkout.RequestLine) []checkout.RequestLine { return all }
	line := func(id uuid.UUID, n int) checkout.RequestLine {
		return checkout.RequestLine{ProductID: id, Quantity: n}
	}
	many := make([]checkout.RequestLine, 51)
	for i := range many {
		many[i] = line(uuid.New(), 1)
	}
	tests := []struct {
		name   string
		lines  []checkout.RequestLine
		method string
		want   []string // the fields that are wrong
	}{
		{"nothing", nil, "card", []string{"lines"}},
		{"too many lines", many, "card", []string{"lines"}},
		{"none of a product", lines(line(free, 0)), "card", []string{"lines/0/quantity"}},
		{"less than none", lines(line(free, -1)), "card", []string{"lines/0/quantity"}},
		{"too many of a product", lines(line(free, 1001)), "card", []string{"lines/0/quantity"}},
		{"a product twice", lines(line(free, 1), line(yen, 1), line(free, 1)), "card", []string{"lines/2/product_id"}},
		{"a product that is not there", lines(line(free, 1), line(uuid.New(), 1)), "card", []string{"lines/1/product_id"}},
		{"no method of payment", lines(line(free, 1)), "", []string{"payment_method"}},
		{"a long method of payment", lines(line(free, 1)), string(make([]byte, 41)), []string{"payment_method"}},
		{"two currencies", lines(line(dear, 1), line(yen, 1)), "card", []string{"lines/1/product_id"}},
		{"a price out of range", lines(line(dear, 2)), "card", []string{"lines/0/quantity"}},
		{"a total out of range", lines(line(dear, 1), line(free, 1)), "card", []string{"lines/1/quantity"}},
		{"all at once", lines(line(free, 0), line(free, 1)), " ", []string{"lines/0/quantity", "lines/1/product_id", "payment_method"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			jpy, err := money.New(1, "JPY")
			if err != nil {
				t.Fatal(err)
			}
			s.Catalogue = checkouttest.Catalogue{
				dear: {ID: dear, Name: "Dear", Price: usd(t, math.MaxInt64)},
				free: {ID: free, Name: "Nearly free", Price: usd(t, 1)},
				yen:  {ID: yen, Name: "From Japan", Price: jpy},
			}
			_, err = s.Place(t.Context(), s.customer, checkout.Request{Lines: tt.lines, PaymentMethod: tt.method})
			wrong, ok := errors.AsType[field.Errors](err)
			var got []string
			for _, w := range wrong {
				got = append(got, w.Name)
			}
			if !ok || !slices.Equal(got, tt.want) {
				t.Errorf("Place() = %v, want errors of %v", err, tt.want)
			}
			if said := s.said(t); len(said) > 0 {
				t.Errorf("said %v, want nothing", types(said))
			}
		})
	}
}
