package catalogtest

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/storetest"
	"example.com/app/services/product/internal/catalog"
)

// reserve puts pieces aside for an order, and says an event with the message's id.
func (f Fixture) reserve(t *testing.T, orderID uuid.UUID, message string, lines ...catalog.Line) (refusal string) {
	t.Helper()
	err := f.Store.Deal(t.Context(), orderID, message, lines, func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error) {
		refusal = r.Reserve(lines, shelf)
		return []events.Event{say(message)}, nil
	})
	if err != nil {
		t.Fatalf("Deal() = %v", err)
	}
	return refusal
}

// reservation is what a deal finds.
func (f Fixture) reservation(t *testing.T, orderID uuid.UUID, message string) catalog.Reservation {
	t.Helper()
	var found catalog.Reservation
	err := f.Store.Deal(t.Context(), orderID, message, nil, func(r *catalog.Reservation, _ catalog.Shelf) ([]events.Event, error) {
		found = *r
		return nil, nil
	})
	if err != nil {
		t.Fatalf("Deal() = %v", err)
	}
	return found
}

func deal(t *testing.T, f Fixture) {
	p, q, order := f.create(t, "Angklung", available(5)), f.create(t, "Suling", available(1)), uuid.New()
	lines := []catalog.Line{{ProductID: p.ID, Quantity: 2}, {ProductID: q.ID, Quantity: 1}}
	if refusal := f.reserve(t, order, "m1", lines...); refusal != "" {
		t.Fatalf("Reserve() = %s", refusal)
	}
	f.wantStock(t, p.ID, catalog.Stock{Available: 3, Reserved: 2})
	f.wantStock(t, q.ID, catalog.Stock{Reserved: 1})
	f.wantSaid(t, "m1")
	want := catalog.Reservation{OrderID: order, Status: catalog.Reserved, Lines: lines}
	if got := f.reservation(t, order, "m2"); !reflect.DeepEqual(got, want) {
		t.Errorf("reservation = %+v, want %+v", got, want)
	}
}

func failedDeal(t *testing.T, f Fixture) {
	p, order, broken := f.create(t, "Angklung", available(5)), uuid.New(), errors.New("broken")
	lines := []catalog.Line{{ProductID: p.ID, Quantity: 2}}
	err := f.Store.Deal(t.Context(), order, "m1", lines, func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error) {
		r.Reserve(lines, shelf)
		return []events.Event{say("failed")}, broken
	})
	storetest.WantError(t, "Deal()", err, broken)
	f.wantStock(t, p.ID, catalog.Stock{Available: 5})
	f.wantSaid(t)
	if refusal := f.reserve(t, order, "m1", lines...); refusal != "" { // the message comes again
		t.Errorf("Reserve() = %s", refusal)
	}
	f.wantStock(t, p.ID, catalog.Stock{Available: 3, Reserved: 2})
}

func messageTwice(t *testing.T, f Fixture) {
	p, order := f.create(t, "Angklung", available(5)), uuid.New()
	f.reserve(t, order, "m1", catalog.Line{ProductID: p.ID, Quantity: 2})
	err := f.Store.Deal(t.Context(), order, "m1", nil, func(*catalog.Reservation, catalog.Shelf) ([]events.Event, error) {
		t.Error("a message is dealt with twice")
		return []events.Event{say("twice")}, nil
	})
	storetest.WantError(t, "Deal(again)", err, nil)
	f.wantSaid(t, "m1")
}

func dealAgain(t *testing.T, f Fixture) {
	p, order := f.create(t, "Angklung", available(5)), uuid.New()
	f.reserve(t, order, "m1", catalog.Line{ProductID: p.ID, Quantity: 2})
	err := f.Store.Deal(t.Context(), order, "m2", nil, func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error) {
		if refusal := r.Confirm(shelf); refusal != "" {
			t.Errorf("Confirm() = %s", refusal)
		}
		return nil, nil
	})
	storetest.WantError(t, "Deal(confirm)", err, nil)
	f.wantStock(t, p.ID, catalog.Stock{Available: 3, Sold: 2})
}

func dealWithUnknown(t *testing.T, f Fixture) {
	p, order := f.create(t, "Angklung", available(5)), uuid.New()
	lines := []catalog.Line{{ProductID: p.ID, Quantity: 1}, {ProductID: uuid.New(), Quantity: 1}}
	if refusal := f.reserve(t, order, "m1", lines...); refusal == "" {
		t.Error("an unknown product is reserved")
	}
	f.wantStock(t, p.ID, catalog.Stock{Available: 5})
	if got := f.reservation(t, order, "m2"); got.Status != catalog.Refused {
		t.Errorf("reservation = %+v, want it refused", got)
	}
}

func dealWithNothing(t *testing.T, f Fixture) {
	order := uuid.New()
	err := f.Store.Deal(t.Context(), order, "m1", nil, func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error) {
		if r.Status != "" || len(r.Lines) != 0 || len(shelf) != 0 {
			t.Errorf("deal with %+v and %v, want nothing", r, shelf)
		}
		r.Release(shelf)
		return nil, nil
	})
	storetest.WantError(t, "Deal(release)", err, nil)
	if got := f.reservation(t, order, "m2"); got.Status != catalog.Released {
		t.Errorf("reservation = %+v, want the note that it is released", got)
	}
}

func raceForLastPieces(t *testing.T, f Fixture) {
	const pieces, racers = 5, 12
	p := f.create(t, "Angklung", available(pieces))
	refusals := make([]string, racers)
	storetest.Race(racers, func(i int) error {
		refusals[i] = f.reserve(t, uuid.New(), "m"+strconv.Itoa(i), catalog.Line{ProductID: p.ID, Quantity: 1})
		return nil
	})
	served := len(slices.DeleteFunc(refusals, func(r string) bool { return r != "" }))
	if served != pieces {
		t.Errorf("%d of %d pieces are reserved", served, pieces)
	}
	f.wantStock(t, p.ID, catalog.Stock{Reserved: pieces})
}

// raceInAnyOrder would come to a deadlock if stock were locked as the lines have it.
func raceInAnyOrder(t *testing.T, f Fixture) {
	const racers = 12
	p, q := f.create(t, "Angklung", available(racers)), f.create(t, "Suling", available(racers))
	storetest.Race(racers, func(i int) error {
		lines := []catalog.Line{{ProductID: p.ID, Quantity: 1}, {ProductID: q.ID, Quantity: 1}}
		if i%2 == 0 {
			slices.Reverse(lines)
		}
		if refusal := f.reserve(t, uuid.New(), "m"+strconv.Itoa(i), lines...); refusal != "" {
			t.Errorf("Reserve() = %s", refusal)
		}
		return nil
	})
	f.wantStock(t, p.ID, catalog.Stock{Reserved: racers})
	f.wantStock(t, q.ID, catalog.Stock{Reserved: racers})
}

func raceMessage(t *testing.T, f Fixture) {
	p, order := f.create(t, "Angklung", available(5)), uuid.New()
	storetest.Race(8, func(int) error {
		f.reserve(t, order, "m1", catalog.Line{ProductID: p.ID, Quantity: 2})
		return nil
	})
	f.wantStock(t, p.ID, catalog.Stock{Available: 3, Reserved: 2})
	f.wantSaid(t, "m1")
}
