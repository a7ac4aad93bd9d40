package checkouttest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/storetest"
	"example.com/app/services/order/internal/checkout"
)

const racers = 16

func testRaces(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"changes of one order, none of which is lost", raceChange},
		{"one message that comes to several at once", raceMessage},
		{"changes of several orders, all of which are told of", raceOrders},
		{"one key for several orders", raceKey},
	})
}

func raceChange(t *testing.T, f Fixture) {
	o := f.create(t)
	errs := storetest.Race(racers, func(i int) error {
		return f.Store.Change(t.Context(), o.ID, fmt.Sprintf("m%d", i), ask(event(t, o)))
	})
	wantSuccesses(t, errs, racers)
	f.wantTries(t, o.ID, 1+racers)
	f.wantSaidCount(t, racers)
}

func raceMessage(t *testing.T, f Fixture) {
	o := f.create(t)
	errs := storetest.Race(racers, func(int) error { return f.Store.Change(t.Context(), o.ID, "m1", ask(event(t, o))) })
	wantSuccesses(t, errs, racers)
	f.wantTries(t, o.ID, 2)
	f.wantSaidCount(t, 1)
}

func raceOrders(t *testing.T, f Fixture) {
	const orders = 4
	var all []checkout.Order
	for range orders {
		all = append(all, f.create(t))
	}
	errs := storetest.Race(racers, func(i int) error {
		o := all[i%orders]
		return f.Store.Change(t.Context(), o.ID, fmt.Sprintf("m%d", i), ask(event(t, o)))
	})
	wantSuccesses(t, errs, racers)
	for _, o := range all {
		f.wantTries(t, o.ID, 1+racers/orders)
	}
	f.wantSaidCount(t, racers)
}

func raceKey(t *testing.T, f Fixture) {
	customer := uuid.New()
	errs := storetest.Race(racers, func(int) error {
		o := order(t, of(customer), withKey("key"))
		return f.Store.Create(t.Context(), o, event(t, o))
	})
	wantSuccesses(t, errs, 1, checkout.ErrKeyTaken)
	f.wantSaidCount(t, 1)
}

// wantSuccesses counts the calls that succeeded. The others must have the outcome given.
func wantSuccesses(t *testing.T, errs []error, want int, outcome ...error) {
	t.Helper()
	got := 0
	for _, err := range errs {
		switch {
		case err == nil:
			got++
		case len(outcome) == 0 || !errors.Is(err, outcome[0]):
			t.Errorf("a racing call = error %v", err)
		}
	}
	if got != want {
		t.Errorf("%d racing calls succeeded, want %d", got, want)
	}
}

func (f Fixture) wantSaidCount(t *testing.T, want int) {
	t.Helper()
	got, err := f.Outbox.Forward(t.Context(), racers*racers, func(context.Context, ...events.Event) error { return nil })
	if err != nil || got != want {
		t.Errorf("outbox has %d events, %v, want %d", got, err, want)
	}
}
