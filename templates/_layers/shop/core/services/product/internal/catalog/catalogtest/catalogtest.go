// Package catalogtest is the contract of catalog.Store as tests. Every store passes them,
// or is none.
package catalogtest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/internal/storetest"
	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog"
)

// Fixture is an empty store, and the outbox by way of which it tells of its products.
type Fixture struct {
	Store  catalog.Store
	Outbox outbox.Store
}

// Run holds the stores that open returns against the contract. Each test asks for one of
// its own.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	subtests := []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"a product comes back as it was stored", roundTrip},
		{"what is unknown is not found", unknown},
		{"a new product is told", created},
		{"an update changes what it names, and counts the version", update},
		{"an update of another version is refused, and not told", staleUpdate},
		{"two updates of one version at once", raceUpdate},
		{"products are sorted, ties by id", sorted},
		{"every filter, alone and with others", filters},
		{"pages leave nothing out", pages},
		{"an unknown sort key is an error", unknownSort},
		{"a delivery adds its pieces once", deliver},
		{"one delivery many times at once", raceDeliver},
		{"a deal keeps reservation, stock and what is said", deal},
		{"a deal that fails changes nothing", failedDeal},
		{"a message is dealt with once", messageTwice},
		{"a deal sees the stock of what was reserved before", dealAgain},
		{"a deal does not see products that are not there", dealWithUnknown},
		{"a deal with nothing", dealWithNothing},
		{"deals for the last pieces at once", raceForLastPieces},
		{"deals with the same products in another order", raceInAnyOrder},
		{"one message many times at once", raceMessage},
	}
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

// noon is as exact as a store keeps it.
var noon = time.Date(2030, time.March, 4, 12, 0, 0, 123_456_000, time.UTC)

func idr(t *testing.T, amount int64) money.Money {
	t.Helper()
	m, err := money.New(amount, "IDR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// create stores a product.
func (f Fixture) create(t *testing.T, name string, change ...func(*catalog.Product)) catalog.Product {
	t.Helper()
	p := catalog.Product{
		ID: uuid.New(), Name: name, Description: "Of bamboo", Price: idr(t, 150_000), Version: 1,
		Stock: catalog.Stock{Available: 5, Reserved: 2, Sold: 1}, CreatedAt: noon, UpdatedAt: noon.Add(time.Minute),
	}
	for _, c := range change {
		c(&p)
	}
	if err := f.Store.Create(t.Context(), p); err != nil {
		t.Fatalf("Create(%s) = %v", name, err)
	}
	return p
}

func available(pieces int) func(*catalog.Product) {
	return func(p *catalog.Product) { p.Stock = catalog.Stock{Available: pieces} }
}

func (f Fixture) want(t *testing.T, want catalog.Product) {
	t.Helper()
	got, err := f.Store.Get(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, %v, want %+v", got, err, want)
	}
}

func (f Fixture) wantStock(t *testing.T, id uuid.UUID, want catalog.Stock) {
	t.Helper()
	if got, err := f.Store.Get(t.Context(), id); err != nil || got.Stock != want {
		t.Errorf("stock = %+v, %v, want %+v", got.Stock, err, want)
	}
}

// wantSaid takes everything out of the outbox, and expects events with these ids.
func (f Fixture) wantSaid(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	_, err := f.Outbox.Forward(t.Context(), 1000, func(_ context.Context, said ...events.Event) error {
		for _, e := range said {
			got = append(got, e.ID)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("outbox = %q, %v, want %q", got, err, want)
	}
}

func say(id string) events.Event { return events.Event{ID: id, Type: events.ProductChangedV1} }

func roundTrip(t *testing.T, f Fixture) {
	want := f.create(t, "Angklung")
	storetest.WantWhole(t, want)
	f.want(t, want)
}

func unknown(t *testing.T, f Fixture) {
	f.create(t, "Angklung")
	_, err := f.Store.Get(t.Context(), uuid.New())
	storetest.WantError(t, "Get(unknown)", err, catalog.ErrNotFound)
	_, err = f.Store.Update(t.Context(), catalog.Product{ID: uuid.New(), Name: "x", Price: idr(t, 1), Version: 1})
	storetest.WantError(t, "Update(unknown)", err, catalog.ErrNotFound)
	_, err = f.Store.Deliver(t.Context(), uuid.New(), uuid.New(), 1)
	storetest.WantError(t, "Deliver(unknown)", err, catalog.ErrNotFound)
}

func created(t *testing.T, f Fixture) {
	p := catalog.Product{ID: uuid.New(), Name: "Angklung", Price: idr(t, 1), Version: 1, CreatedAt: noon, UpdatedAt: noon}
	storetest.WantError(t, "Create()", f.Store.Create(t.Context(), p, say("created")), nil)
	f.wantSaid(t, "created")
}

func update(t *testing.T, f Fixture) {
	p, other := f.create(t, "Angklung"), f.create(t, "Suling")
	change := catalog.Product{ID: p.ID, Version: 1, Name: "Big angklung", Description: "", Price: idr(t, 7), UpdatedAt: noon.Add(time.Hour)}
	got, err := f.Store.Update(t.Context(), change, say("updated"))
	p.Name, p.Description, p.Price, p.Version, p.UpdatedAt = "Big angklung", "", idr(t, 7), 2, noon.Add(time.Hour)
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("Update() = %+v, %v, want %+v", got, err, p)
	}
	f.want(t, p)
	f.want(t, other)
	f.wantSaid(t, "updated")
}

func staleUpdate(t *testing.T, f Fixture) {
	p := f.create(t, "Angklung")
	_, err := f.Store.Update(t.Context(), catalog.Product{ID: p.ID, Version: 2, Name: "x", Price: p.Price}, say("stale"))
	storetest.WantError(t, "Update(stale)", err, catalog.ErrStale)
	f.want(t, p)
	f.wantSaid(t)
}

func raceUpdate(t *testing.T, f Fixture) {
	p := f.create(t, "Angklung")
	updated := 0
	for _, err := range storetest.Race(8, func(int) error {
		_, err := f.Store.Update(t.Context(), catalog.Product{ID: p.ID, Version: 1, Name: "New", Price: p.Price, UpdatedAt: noon})
		return err
	}) {
		if err == nil {
			updated++
		} else if !errors.Is(err, catalog.ErrStale) {
			t.Errorf("Update() = %v, want %v", err, catalog.ErrStale)
		}
	}
	if updated != 1 {
		t.Errorf("%d updates of one version succeed, want 1", updated)
	}
}

func deliver(t *testing.T, f Fixture) {
	p, delivery := f.create(t, "Angklung"), uuid.New()
	for range 2 {
		got, err := f.Store.Deliver(t.Context(), p.ID, delivery, 10)
		if want := (catalog.Stock{Available: 15, Reserved: 2, Sold: 1}); err != nil || got.Stock != want {
			t.Errorf("Deliver() = %+v, %v, want %+v", got.Stock, err, want)
		}
	}
	if got, err := f.Store.Deliver(t.Context(), p.ID, uuid.New(), 1); err != nil || got.Stock.Available != 16 {
		t.Errorf("Deliver(another) = %+v, %v, want 16 available", got.Stock, err)
	}
	other := f.create(t, "Suling", available(0))
	if got, err := f.Store.Deliver(t.Context(), other.ID, delivery, 4); err != nil || got.Stock.Available != 4 {
		t.Errorf("Deliver(another product, same id) = %+v, %v, want 4 available", got.Stock, err)
	}
}

func raceDeliver(t *testing.T, f Fixture) {
	p, delivery := f.create(t, "Angklung", available(0)), uuid.New()
	for _, err := range storetest.Race(8, func(int) error {
		_, err := f.Store.Deliver(t.Context(), p.ID, delivery, 10)
		return err
	}) {
		storetest.WantError(t, "Deliver()", err, nil)
	}
	f.wantStock(t, p.ID, catalog.Stock{Available: 10})
}

func (f Fixture) names(t *testing.T, q catalog.Query) string {
	t.Helper()
	if q.Page.Size == 0 {
		q.Page = first("name")
	}
	list, err := f.Store.List(t.Context(), q)
	if err != nil {
		t.Fatalf("List() = %v", err)
	}
	names := make([]string, len(list.Items))
	for i, p := range list.Items {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

func first(key string) page.Request {
	return page.Request{Number: 1, Size: page.MaxSize, Sort: page.Sort{Key: key}}
}

func sorted(t *testing.T, f Fixture) {
	add := func(name string, id byte, price int64, hour int) {
		f.create(t, name, func(p *catalog.Product) {
			p.ID, p.Price, p.CreatedAt = uuid.UUID{15: id}, idr(t, price), noon.Add(time.Duration(hour)*time.Hour)
		})
	}
	add("batik", 1, 300, 2)
	add("Angklung", 2, 100, 3)
	add("Coffee", 4, 200, 1)
	add("Zither", 3, 200, 1)
	for _, test := range []struct {
		sort page.Sort
		want string
	}{
		{page.Sort{Key: "name"}, "Angklung, batik, Coffee, Zither"},
		{page.Sort{Key: "name", Descending: true}, "Zither, Coffee, batik, Angklung"},
		{page.Sort{Key: "price"}, "Angklung, Zither, Coffee, batik"},
		{page.Sort{Key: "price", Descending: true}, "batik, Zither, Coffee, Angklung"},
		{page.Sort{Key: "created_at"}, "Zither, Coffee, batik, Angklung"},
	} {
		if got := f.names(t, catalog.Query{Page: page.Request{Number: 1, Size: 10, Sort: test.sort}}); got != test.want {
			t.Errorf("List(by %+v) = %s, want %s", test.sort, got, test.want)
		}
	}
}

func filters(t *testing.T, f Fixture) {
	f.create(t, "Angklung", available(1))
	f.create(t, "Suling", available(0), func(p *catalog.Product) { p.Description = "A flute, 100 %" })
	f.create(t, "Coffee", func(p *catalog.Product) { p.Description, p.Stock = "From Gayo", catalog.Stock{Reserved: 5} })
	for _, test := range []struct {
		query catalog.Query
		want  string
	}{
		{catalog.Query{}, "Angklung, Coffee, Suling"},
		{catalog.Query{Text: "LING"}, "Suling"},
		{catalog.Query{Text: "bamboo"}, "Angklung"},
		{catalog.Query{Text: "%"}, "Suling"},
		{catalog.Query{Text: "_"}, ""},
		{catalog.Query{Text: "angklungof"}, ""}, // a name does not run into its description
		{catalog.Query{Available: true}, "Angklung"},
		{catalog.Query{Available: true, Text: "flute"}, ""},
	} {
		if got := f.names(t, test.query); got != test.want {
			t.Errorf("List(%+v) = %q, want %q", test.query, got, test.want)
		}
	}
}

func pages(t *testing.T, f Fixture) {
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		f.create(t, name)
	}
	for number, want := range []string{1: "a, b", 2: "c, d", 3: "e", 4: ""} {
		if number == 0 {
			continue
		}
		q := catalog.Query{Page: page.Request{Number: number, Size: 2, Sort: page.Sort{Key: "name"}}}
		if got := f.names(t, q); got != want {
			t.Errorf("page %d = %q, want %q", number, got, want)
		}
		if list, err := f.Store.List(t.Context(), q); err != nil || list.Total != 5 {
			t.Errorf("page %d: total %d, %v, want 5", number, list.Total, err)
		}
	}
}

func unknownSort(t *testing.T, f Fixture) {
	if _, err := f.Store.List(t.Context(), catalog.Query{Page: first("id; DROP TABLE products")}); err == nil {
		t.Error("List() by an unknown key succeeds")
	}
}
