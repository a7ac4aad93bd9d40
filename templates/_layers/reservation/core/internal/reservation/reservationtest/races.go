package reservationtest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

const racers = 16

func testRaces(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"different periods that overlap", raceCreate},
		{"create, reschedule and cancel", raceMixed},
		{"two changes of one version", raceUpdate},
		{"two changes of a room's version", raceUpdateRoom},
		{"two rooms of one name", raceRoomName},
		{"a room that is deleted while it is reserved", raceDeleteRoom},
	})
}

// successes counts the calls that succeeded. It reports those whose error is none
// of the outcomes given: a deadlock, above all.
func successes(t *testing.T, errs []error, outcomes ...error) int {
	t.Helper()
	n := 0
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case !slices.ContainsFunc(outcomes, func(outcome error) bool { return errors.Is(err, outcome) }):
			t.Errorf("a racing call = error %v, want none or one of %v", err, outcomes)
		}
	}
	return n
}

// raceCreate takes periods that are all different. Identical ones would not show
// a store in which two writers wait for each other.
func raceCreate(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	for round := range 10 {
		room := f.room(t, string(rune('a'+round))).ID
		errs := storetest.Race(racers, func(i int) error {
			start := float64(i) / 4
			return f.Store.Create(t.Context(), newReservation(room, user, between(start, start+1+float64(i%3)/8)))
		})
		created := successes(t, errs, reservation.ErrOverlap)
		if created == 0 {
			t.Error("no racing Create succeeded, want at least one")
		}
		if stored := f.wantNoOverlap(t, room); stored != created {
			t.Errorf("%d reservations are stored, want the %d that Create accepted", stored, created)
		}
	}
}

func raceMixed(t *testing.T, f Fixture) {
	const turns = 12
	user := f.NewUser(t)
	rooms := []uuid.UUID{f.room(t, "A").ID, f.room(t, "B").ID, f.room(t, "C").ID}
	ctx := t.Context()
	errs := storetest.Race(racers, func(i int) error {
		random := rand.New(rand.NewPCG(1, uint64(i))) //nolint:gosec // G404: periods are no secret
		period := func() reservation.Period {
			start := float64(random.IntN(24)) / 2
			return between(start, start+0.5+random.Float64()*2)
		}
		for range turns {
			r := newReservation(rooms[random.IntN(len(rooms))], user, period())
			if err := f.moveAround(ctx, r, period(), random.IntN(2) == 0); err != nil {
				return err
			}
		}
		return nil
	})
	successes(t, errs)
	for _, room := range rooms {
		f.wantNoOverlap(t, room)
	}
}

// moveAround creates r, reschedules it and may cancel it. That another one is in
// the way is to be expected.
func (f Fixture) moveAround(ctx context.Context, r reservation.Reservation, to reservation.Period, cancel bool) error {
	if err := f.Store.Create(ctx, r); err != nil {
		return unless(err, reservation.ErrOverlap)
	}
	moved := r
	moved.Period = to
	updated, err := f.Store.Update(ctx, moved)
	switch {
	case err == nil:
		r = updated
	case !errors.Is(err, reservation.ErrOverlap):
		return err
	}
	if !cancel {
		return nil
	}
	r.CancelledAt = new(at(0))
	_, err = f.Store.Update(ctx, r)
	return err
}

func raceUpdate(t *testing.T, f Fixture) {
	r := f.reserve(t, f.room(t, "Garden").ID, f.NewUser(t), between(1, 2))
	errs := storetest.Race(racers, func(i int) error {
		change := r
		change.Period = between(float64(i)+3, float64(i)+4)
		_, err := f.Store.Update(t.Context(), change)
		return err
	})
	if won := successes(t, errs, reservation.ErrStale); won != 1 {
		t.Errorf("%d changes of one version succeeded, want 1", won)
	}
	if got, err := f.Store.Get(t.Context(), r.ID); err != nil || got.Version != 2 {
		t.Errorf("Get().Version = %d, %v, want 2", got.Version, err)
	}
}

func raceUpdateRoom(t *testing.T, f Fixture) {
	room := f.room(t, "Garden")
	errs := storetest.Race(racers, func(i int) error {
		change := room
		change.Capacity = i + 1
		_, err := f.Store.UpdateRoom(t.Context(), change)
		return err
	})
	if won := successes(t, errs, reservation.ErrStale); won != 1 {
		t.Errorf("%d changes of one version succeeded, want 1", won)
	}
}

func raceRoomName(t *testing.T, f Fixture) {
	errs := storetest.Race(racers, func(i int) error {
		name := []string{"Garden", "GARDEN"}[i%2]
		return f.Store.CreateRoom(t.Context(), reservation.Room{ID: uuid.New(), Name: name, Capacity: 1, Version: 1})
	})
	if won := successes(t, errs, reservation.ErrNameTaken); won != 1 {
		t.Errorf("%d rooms of one name were created, want 1", won)
	}
}

func raceDeleteRoom(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	for round := range 10 {
		room := f.room(t, string(rune('a'+round))).ID
		errs := storetest.Race(racers, func(i int) error {
			if i%4 == 0 {
				return f.Store.DeleteRoom(t.Context(), room, 1)
			}
			return f.Store.Create(t.Context(), newReservation(room, user, between(float64(i), float64(i)+1)))
		})
		successes(t, errs, reservation.ErrRoomNotFound, reservation.ErrRoomInUse)

		_, err := f.Store.Room(t.Context(), room)
		gone := errors.Is(err, reservation.ErrRoomNotFound)
		if stored := f.wantNoOverlap(t, room); gone != (stored == 0) {
			t.Errorf("room is gone = %t with %d reservations", gone, stored)
		}
	}
}

// wantNoOverlap checks what is stored for a room, and counts it.
func (f Fixture) wantNoOverlap(t *testing.T, room uuid.UUID) int {
	t.Helper()
	query := reservation.Query{RoomID: &room, Status: new(reservation.Confirmed), Page: firstPage("starts_at", reservation.SortKeys())}
	got, err := f.Store.List(t.Context(), query)
	if err != nil {
		t.Fatalf("List() = error %v", err)
	}
	for i, a := range got.Items {
		for _, b := range got.Items[i+1:] {
			if a.Period.Overlaps(b.Period) {
				t.Errorf("%v and %v overlap", a.Period, b.Period)
			}
		}
	}
	return got.Total
}

func unless(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
