// Package viewtest is the contract of view.Store as tests. Every store passes them, or is
// none.
package viewtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

// Run holds the stores that open returns, which are empty, against the contract. Each test
// asks for one of its own.
func Run(t *testing.T, open func(t *testing.T) view.Store) {
	t.Run("writing", func(t *testing.T) { testWriting(t, open) })
	t.Run("rebuilding", func(t *testing.T) { testRebuilding(t, open) })
	t.Run("lists", func(t *testing.T) { testLists(t, open) })
}

// subtest is one promise.
type subtest struct {
	name string
	test func(t *testing.T, f fixture)
}

func runAll(t *testing.T, open func(t *testing.T) view.Store, subtests []subtest) {
	t.Helper()
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, fixture{open(t)}) })
	}
}

// fixture is an empty store.
type fixture struct {
	view.Store
}

// write writes the event after the last one.
func (f fixture) write(t *testing.T, write func(w view.Writer) error) {
	t.Helper()
	if err := f.Write(t.Context(), event(f.position(t).Sequence+1), write); err != nil {
		t.Fatalf("Write() = %v", err)
	}
}

func (f fixture) position(t *testing.T) bus.Position {
	t.Helper()
	position, err := f.Position(t.Context())
	if err != nil {
		t.Fatalf("Position() = %v", err)
	}
	return position
}

func (f fixture) wantPosition(t *testing.T, want bus.Position) {
	t.Helper()
	if got := f.position(t); got != want {
		t.Errorf("Position() = %+v, want %+v", got, want)
	}
}

// event is the position of an event with the sequence number.
func event(sequence uint64) bus.Position {
	return bus.Position{Sequence: sequence, EventID: fmt.Sprintf("event %d", sequence)}
}

// put keeps orders.
func (f fixture) put(t *testing.T, orders ...view.Order) {
	t.Helper()
	f.write(t, func(w view.Writer) error {
		for _, o := range orders {
			if err := w.PutOrder(t.Context(), o); err != nil {
				return err
			}
		}
		return nil
	})
}

// all returns all orders, the oldest first.
func (f fixture) all(t *testing.T) []view.Order {
	t.Helper()
	got, err := f.Orders(t.Context(), view.Query{Page: firstPage("placed_at")})
	if err != nil {
		t.Fatalf("Orders() = %v", err)
	}
	return got.Items
}

// wantNames expects orders of these products, with a comma between them.
func (f fixture) wantNames(t *testing.T, q view.Query, want string) {
	t.Helper()
	got, err := f.Orders(t.Context(), q)
	if err != nil {
		t.Fatalf("Orders() = %v", err)
	}
	wanted := slices.DeleteFunc(strings.Split(want, ", "), func(s string) bool { return s == "" })
	if !slices.Equal(names(got.Items), wanted) || got.Total != len(wanted) {
		t.Errorf("Orders() = %q of %d, want %q", names(got.Items), got.Total, wanted)
	}
}

// names returns the first product of each order.
func names(orders []view.Order) []string {
	all := make([]string, len(orders))
	for i, o := range orders {
		all[i] = o.Lines[0].Product
	}
	return all
}

func firstPage(sort string) page.Request {
	key, descending := strings.CutPrefix(sort, "-")
	return page.Request{
		Number: 1, Size: page.MaxSize,
		Sort: page.Sort{Key: cmp.Or(key, view.SortKeys()[0]), Descending: descending},
	}
}

// at is a time of a day on which everything happens, in minutes after it began.
func at(minutes int) time.Time {
	return time.Date(2030, time.March, 4, 8, 0, 0, 123_456_000, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// order is an order of one product.
func order(t *testing.T, product string, change ...func(*view.Order)) view.Order {
	t.Helper()
	o := view.Order{
		ID: uuid.New(), CustomerID: uuid.New(), Total: idr(t, 150_000), Status: view.Pending,
		Lines:    []view.Line{{ProductID: uuid.New(), Product: product, Quantity: 2}},
		PlacedAt: at(0), UpdatedAt: at(0),
	}
	for _, c := range change {
		c(&o)
	}
	return o
}

func product(t *testing.T, id uuid.UUID, name string, version int) view.Product {
	t.Helper()
	return view.Product{
		Product: checkout.Product{ID: id, Name: name, Price: idr(t, int64(version)*1000)},
		Version: version,
	}
}

func idr(t *testing.T, amount int64) money.Money {
	t.Helper()
	m, err := money.New(amount, "IDR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func of(customer uuid.UUID) func(*view.Order) {
	return func(o *view.Order) { o.CustomerID = customer }
}

func placed(minutes int) func(*view.Order) {
	return func(o *view.Order) { o.PlacedAt, o.UpdatedAt = at(minutes), at(minutes) }
}
