package checkouttest

import (
	"reflect"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/storetest"
	"example.com/app/services/order/internal/checkout"
)

func testOrders(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"an order comes back as it was stored", roundTrip},
		{"what is unknown is not found", unknown},
		{"an order is told of", createTells},
		{"a key is taken once by each customer", keyTaken},
		{"no key is not a key", noKey},
		{"an order that was handed out is the caller's own", handedOut},
	})
}

func roundTrip(t *testing.T, f Fixture) {
	whole := f.create(t, withKey("key"), func(o *checkout.Order) {
		o.TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
		o.Step, o.Reason, o.Tries = checkout.Refunding, checkout.PaymentSilent, 2
	})
	storetest.WantWhole(t, whole)
	for name, want := range map[string]checkout.Order{
		"new":       f.create(t),
		"whole":     whole,
		"cancelled": f.create(t, cancelled),
	} {
		if got := f.get(t, want.ID); !reflect.DeepEqual(got, want) {
			t.Errorf("Get(%s) = %+v, want %+v", name, got, want)
		}
	}
	got, err := f.Store.ByKey(t.Context(), whole.CustomerID, "key")
	if err != nil || !reflect.DeepEqual(got, whole) {
		t.Errorf("ByKey() = %+v, %v, want %+v", got, err, whole)
	}
}

func unknown(t *testing.T, f Fixture) {
	f.create(t, withKey("key"))
	_, err := f.Store.Get(t.Context(), uuid.New())
	storetest.WantError(t, "Get(unknown)", err, checkout.ErrNotFound)
	_, err = f.Store.ByKey(t.Context(), uuid.New(), "key")
	storetest.WantError(t, "ByKey(another customer)", err, checkout.ErrNotFound)
	err = f.Store.Change(t.Context(), uuid.New(), "", mustNotBeCalled(t))
	storetest.WantError(t, "Change(unknown)", err, checkout.ErrNotFound)
}

func createTells(t *testing.T, f Fixture) {
	o := order(t)
	first, second := event(t, o), event(t, o)
	storetest.WantError(t, "Create()", f.Store.Create(t.Context(), o, first, second), nil)
	f.wantSaid(t, first, second)
}

func keyTaken(t *testing.T, f Fixture) {
	before := f.create(t, withKey("key"))
	again := order(t, of(before.CustomerID), withKey("key"))
	storetest.WantError(t, "Create(same key)", f.Store.Create(t.Context(), again, event(t, again)), checkout.ErrKeyTaken)
	_, err := f.Store.Get(t.Context(), again.ID)
	storetest.WantError(t, "Get(refused)", err, checkout.ErrNotFound)
	f.wantSaid(t)

	f.create(t, of(before.CustomerID), withKey("another key"))
	f.create(t, withKey("key")) // of another customer
	got, err := f.Store.ByKey(t.Context(), before.CustomerID, "key")
	if err != nil || got.ID != before.ID {
		t.Errorf("ByKey() = %s, %v, want %s", got.ID, err, before.ID)
	}
}

func noKey(t *testing.T, f Fixture) {
	o := f.create(t)
	f.create(t, of(o.CustomerID))
	_, err := f.Store.ByKey(t.Context(), o.CustomerID, "")
	storetest.WantError(t, `ByKey("")`, err, checkout.ErrNotFound)
}

func handedOut(t *testing.T, f Fixture) {
	o := f.create(t)
	line, entry := o.Lines[0], o.History[0]
	for name, mine := range map[string]checkout.Order{"stored": o, "got": f.get(t, o.ID)} {
		mine.Lines[0].Name, mine.History[0].Event = "changed", "changed"
		if got := f.get(t, o.ID); got.Lines[0] != line || got.History[0] != entry {
			t.Errorf("after a change of the order that was %s, Get() = %+v", name, got)
		}
	}
}
