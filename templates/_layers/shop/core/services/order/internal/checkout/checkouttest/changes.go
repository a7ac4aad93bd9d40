package checkouttest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/storetest"
	"example.com/app/services/order/internal/checkout"
)

func testChanges(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"a change is kept together with its events", changeTells},
		{"a change that fails leaves nothing", changeFails},
		{"a change whose caller has left leaves nothing", changeAbandoned},
		{"a message has one effect", changeOnce},
		{"a message for an unknown order may come again", changeUnknown},
		{"what is not a message has its effect each time", changeWithoutMessage},
	})
}

func changeTells(t *testing.T, f Fixture) {
	o := f.create(t, withKey("key"))
	first, second := event(t, o), event(t, o)
	want := f.get(t, o.ID)
	err := f.Store.Change(t.Context(), o.ID, "m1", func(got *checkout.Order) ([]events.Event, error) {
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("Change() hands out %+v, want %+v", *got, want)
		}
		cancelled(got)
		return []events.Event{first, second}, nil
	})
	storetest.WantError(t, "Change()", err, nil)
	cancelled(&want)
	if got := f.get(t, o.ID); !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, want %+v", got, want)
	}
	f.wantSaid(t, first, second)
}

func changeFails(t *testing.T, f Fixture) {
	o := f.create(t)
	want := f.get(t, o.ID)
	errRefused := errors.New("refused")
	err := f.Store.Change(t.Context(), o.ID, "m1", func(o *checkout.Order) ([]events.Event, error) {
		o.History[0].Event = "changed"
		cancelled(o)
		return []events.Event{event(t, *o)}, errRefused
	})
	storetest.WantError(t, "Change()", err, errRefused)
	if got := f.get(t, o.ID); !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, want %+v", got, want)
	}
	f.wantSaid(t)

	said := event(t, o)
	storetest.WantError(t, "Change(again)", f.Store.Change(t.Context(), o.ID, "m1", ask(said)), nil)
	f.wantTries(t, o.ID, 2)
	f.wantSaid(t, said)
}

// changeAbandoned ends the context within the change. A store that cannot be
// interrupted may keep the change, but then as a whole.
func changeAbandoned(t *testing.T, f Fixture) {
	o := f.create(t)
	said := event(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	err := f.Store.Change(ctx, o.ID, "m1", func(o *checkout.Order) ([]events.Event, error) {
		cancel()
		return ask(said)(o)
	})
	if err == nil {
		f.wantTries(t, o.ID, 2)
		f.wantSaid(t, said)
		return
	}
	f.wantTries(t, o.ID, 1)
	f.wantSaid(t)
	storetest.WantError(t, "Change(again)", f.Store.Change(t.Context(), o.ID, "m1", ask(said)), nil)
	f.wantTries(t, o.ID, 2)
	f.wantSaid(t, said)
}

func changeOnce(t *testing.T, f Fixture) {
	o := f.create(t)
	first, second := event(t, o), event(t, o)
	storetest.WantError(t, "Change(m1)", f.Store.Change(t.Context(), o.ID, "m1", ask(first)), nil)
	storetest.WantError(t, "Change(m1 again)", f.Store.Change(t.Context(), o.ID, "m1", mustNotBeCalled(t)), nil)
	storetest.WantError(t, "Change(m2)", f.Store.Change(t.Context(), o.ID, "m2", ask(second)), nil)
	storetest.WantError(t, "Change(m1 late)", f.Store.Change(t.Context(), o.ID, "m1", mustNotBeCalled(t)), nil)
	f.wantTries(t, o.ID, 3)
	f.wantSaid(t, first, second)
}

func changeUnknown(t *testing.T, f Fixture) {
	o := order(t)
	err := f.Store.Change(t.Context(), o.ID, "m1", mustNotBeCalled(t))
	storetest.WantError(t, "Change(unknown)", err, checkout.ErrNotFound)
	storetest.WantError(t, "Create()", f.Store.Create(t.Context(), o), nil)
	storetest.WantError(t, "Change(known)", f.Store.Change(t.Context(), o.ID, "m1", ask()), nil)
	f.wantTries(t, o.ID, 2)
}

func changeWithoutMessage(t *testing.T, f Fixture) {
	o := f.create(t)
	for range 3 {
		storetest.WantError(t, "Change()", f.Store.Change(t.Context(), o.ID, "", ask()), nil)
	}
	f.wantTries(t, o.ID, 4)
}

func testOverdue(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"the most overdue comes first", overdueFirst},
		{"an order that was dealt with is not overdue", overdueMoves},
	})
}

func overdueFirst(t *testing.T, f Fixture) {
	f.wantOverdue(t, at(60), 10)
	second, first, third := f.create(t, due(at(2))), f.create(t, due(at(1))), f.create(t, due(at(3)))
	f.create(t, cancelled)
	tests := []struct {
		name  string
		now   time.Time
		limit int
		want  []checkout.Order
	}{
		{"before all deadlines", at(0), 10, nil},
		{"at a deadline", at(1), 10, nil},
		{"after a deadline", at(1).Add(time.Microsecond), 10, []checkout.Order{first}},
		{"after all deadlines", at(60), 10, []checkout.Order{first, second, third}},
		{"up to a limit", at(60), 2, []checkout.Order{first, second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { f.wantOverdue(t, tt.now, tt.limit, tt.want...) })
	}
}

func overdueMoves(t *testing.T, f Fixture) {
	o, other := f.create(t, due(at(1))), f.create(t, due(at(2)))
	storetest.WantError(t, "Change()", f.Store.Change(t.Context(), o.ID, "", func(o *checkout.Order) ([]events.Event, error) {
		o.Deadline = at(5)
		return nil, nil
	}), nil)
	f.wantOverdue(t, at(4), 10, other)
	f.wantOverdue(t, at(6), 10, other, o)
	storetest.WantError(t, "Change()", f.Store.Change(t.Context(), other.ID, "", func(o *checkout.Order) ([]events.Event, error) {
		cancelled(o)
		return nil, nil
	}), nil)
	f.wantOverdue(t, at(6), 10, o)
}

func (f Fixture) wantOverdue(t *testing.T, now time.Time, limit int, want ...checkout.Order) {
	t.Helper()
	got, err := f.Store.Overdue(t.Context(), now, limit)
	if err != nil {
		t.Fatalf("Overdue() = error %v", err)
	}
	wanted := make([]uuid.UUID, len(want))
	for i, o := range want {
		wanted[i] = o.ID
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("Overdue() = %v, want %v", got, wanted)
	}
}

// wantTries counts the changes that ask made.
func (f Fixture) wantTries(t *testing.T, id uuid.UUID, want int) {
	t.Helper()
	if got := f.get(t, id); got.Tries != want || len(got.History) != want {
		t.Errorf("order has %d tries and %d entries of history, want %d", got.Tries, len(got.History), want)
	}
}

func mustNotBeCalled(t *testing.T) func(*checkout.Order) ([]events.Event, error) {
	return func(*checkout.Order) ([]events.Event, error) {
		t.Error("change was called")
		return nil, nil
	}
}
