package viewtest

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/storetest"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

func testWriting(t *testing.T, open func(t *testing.T) view.Store) {
	runAll(t, open, []subtest{
		{"a new view is before the first event", begin},
		{"an order comes back as it was written", roundTrip},
		{"an event is written once", writeOnce},
		{"an event that fails leaves nothing", writeFails},
		{"an event that several write at once is written once", writeRace},
		{"an order that is put again keeps its status", putOrderAgain},
		{"a status of an order that is not there is nothing", statusOfNone},
		{"the newest version of a product is kept", products},
		{"a customer is known by name from then on", customers},
		{"an order that was put stays the caller's own", putApart},
	})
}

func begin(t *testing.T, f fixture) {
	f.wantPosition(t, bus.Position{})
	if err := f.Write(t.Context(), event(7), func(view.Writer) error { return nil }); err != nil {
		t.Errorf("Write(7) = %v", err)
	}
	f.wantPosition(t, event(7))
}

func roundTrip(t *testing.T, f fixture) {
	pending := order(t, "Angklung")
	pending.Lines = append(pending.Lines, view.Line{ProductID: uuid.New(), Quantity: 1}) // of an unknown name
	whole := order(t, "Suling", placed(1), func(o *view.Order) { o.CustomerName = "Ann" })
	f.put(t, pending, whole)
	f.write(t, func(w view.Writer) error {
		return errors.Join(
			w.SetStatus(t.Context(), whole.ID, view.Cancelled, "out-of-stock", at(2)),
			w.PutCustomer(t.Context(), view.Customer{ID: whole.CustomerID, Name: "Ann"}),
		)
	})
	whole.Status, whole.Reason, whole.UpdatedAt = view.Cancelled, "out-of-stock", at(2)
	storetest.WantWhole(t, whole)
	want := []view.Order{pending, whole}
	if got := f.all(t); !reflect.DeepEqual(got, want) {
		t.Errorf("Orders() = %+v, want %+v", got, want)
	}
}

func writeOnce(t *testing.T, f fixture) {
	storetest.WantError(t, "Write(3)", f.Write(t.Context(), event(3), func(w view.Writer) error {
		return w.PutOrder(t.Context(), order(t, "Angklung"))
	}), nil)
	for _, sequence := range []uint64{3, 2} {
		storetest.WantError(t, "Write(again)", f.Write(t.Context(), event(sequence), func(w view.Writer) error {
			t.Errorf("Write(%d) after 3 calls write", sequence)
			return w.PutOrder(t.Context(), order(t, "Suling"))
		}), nil)
	}
	f.wantNames(t, view.Query{Page: firstPage("")}, "Angklung")
	f.wantPosition(t, event(3))
}

func writeFails(t *testing.T, f fixture) {
	f.put(t, order(t, "Angklung"))
	before := f.all(t)
	errRefused := errors.New("refused")
	storetest.WantError(t, "Write()", f.Write(t.Context(), event(2), func(w view.Writer) error {
		return errors.Join(
			w.PutOrder(t.Context(), order(t, "Suling")),
			w.SetStatus(t.Context(), before[0].ID, view.Completed, "", at(1)),
			errRefused,
		)
	}), errRefused)
	if got := f.all(t); !reflect.DeepEqual(got, before) {
		t.Errorf("Orders() = %+v, want %+v", got, before)
	}
	f.wantPosition(t, event(1))
	f.put(t, order(t, "Suling", placed(1))) // the same event again
	f.wantNames(t, view.Query{Page: firstPage("")}, "Angklung, Suling")
}

func writeRace(t *testing.T, f fixture) {
	const racers = 16
	var written atomic.Int32
	errs := storetest.Race(racers, func(i int) error {
		o := order(t, fmt.Sprint(i))
		return f.Write(t.Context(), event(1), func(w view.Writer) error {
			written.Add(1)
			return w.PutOrder(t.Context(), o)
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Errorf("Write() = %v", err)
	}
	if n, kept := written.Load(), len(f.all(t)); n != 1 || kept != 1 {
		t.Errorf("%d racing calls wrote the event, and %d orders are there, want 1", n, kept)
	}
}

// putOrderAgain is what happens when the relay of the outbox publishes an event again long
// after it did: the bus does not know it any more.
func putOrderAgain(t *testing.T, f fixture) {
	o := order(t, "Angklung")
	f.put(t, o)
	f.write(t, func(w view.Writer) error { return w.SetStatus(t.Context(), o.ID, view.Completed, "", at(1)) })
	f.put(t, o)
	if got := f.all(t); len(got) != 1 || got[0].Status != view.Completed || !got[0].UpdatedAt.Equal(at(1)) {
		t.Errorf("Orders() = %+v, want one that is completed", got)
	}
}

func statusOfNone(t *testing.T, f fixture) {
	f.put(t, order(t, "Angklung"))
	f.write(t, func(w view.Writer) error { return w.SetStatus(t.Context(), uuid.New(), view.Completed, "", at(1)) })
	if got := f.all(t); len(got) != 1 || got[0].Status != view.Pending {
		t.Errorf("Orders() = %+v, want one that is pending", got)
	}
}

func products(t *testing.T, f fixture) {
	angklung, suling, unknown := uuid.New(), uuid.New(), uuid.New()
	f.write(t, func(w view.Writer) error {
		return errors.Join(
			w.PutProduct(t.Context(), product(t, suling, "Suling", 1)),
			w.PutProduct(t.Context(), product(t, angklung, "Angklung", 1)),
			w.PutProduct(t.Context(), product(t, angklung, "Great angklung", 3)),
			w.PutProduct(t.Context(), product(t, angklung, "Great angklung", 3)), // it comes again
			w.PutProduct(t.Context(), product(t, angklung, "Small angklung", 2)), // it comes late
		)
	})
	got, err := f.Products(t.Context(), []uuid.UUID{angklung, unknown})
	want := map[uuid.UUID]checkout.Product{angklung: product(t, angklung, "Great angklung", 3).Product}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("Products() = %v, %v, want %v", got, err, want)
	}
	f.write(t, func(w view.Writer) error {
		wantProductNames(t, w, map[uuid.UUID]string{angklung: "Great angklung", suling: "Suling"}, suling, unknown, angklung)
		wantProductNames(t, w, map[uuid.UUID]string{})
		return nil
	})
}

func wantProductNames(t *testing.T, w view.Writer, want map[uuid.UUID]string, ids ...uuid.UUID) {
	t.Helper()
	got, err := w.ProductNames(t.Context(), ids)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("ProductNames() = %v, %v, want %v", got, err, want)
	}
}

func customers(t *testing.T, f fixture) {
	o := order(t, "Angklung")
	f.put(t, o)
	for _, name := range []string{"", "Ann", "Anna"} {
		if name != "" {
			f.write(t, func(w view.Writer) error {
				return w.PutCustomer(t.Context(), view.Customer{ID: o.CustomerID, Name: name})
			})
		}
		if got := f.all(t); got[0].CustomerName != name {
			t.Errorf("CustomerName = %q, want %q", got[0].CustomerName, name)
		}
	}
}

func putApart(t *testing.T, f fixture) {
	o := order(t, "Angklung")
	f.put(t, o)
	o.Lines[0].Product = "changed"
	f.wantNames(t, view.Query{Page: firstPage("")}, "Angklung")
}
