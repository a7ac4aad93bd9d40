package reservationtest

import (
	"reflect"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

func testReservations(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"a reservation comes back as it was stored", roundTrip},
		{"what is unknown is not found", unknown},
		{"a room must exist", roomMustExist},
		{"confirmed reservations do not overlap", overlap},
		{"another room is not in the way", otherRoom},
		{"a cancelled reservation is not in the way", cancelledGivesWay},
		{"a change counts the version and keeps the rest", update},
		{"a change of an old version is stale", stale},
		{"a change must not overlap others, only itself", updateOverlap},
		{"what is cancelled can only come back to a free room", cancelAndReturn},
	})
}

func roundTrip(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	for name, want := range map[string]reservation.Reservation{
		"confirmed": f.reserve(t, room, user, between(1, 2)),
		"cancelled": f.reserve(t, room, user, between(1, 2), cancelled),
	} {
		got, err := f.Store.Get(t.Context(), want.ID)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Get(%s) = %+v, %v, want %+v", name, got, err, want)
		}
		if want.CancelledAt != nil {
			storetest.WantWhole(t, want)
		}
	}
}

func unknown(t *testing.T, f Fixture) {
	_, err := f.Store.Get(t.Context(), uuid.New())
	storetest.WantError(t, "Get(unknown)", err, reservation.ErrNotFound)
	_, err = f.Store.Update(t.Context(), newReservation(f.room(t, "Garden").ID, f.NewUser(t), between(1, 2)))
	storetest.WantError(t, "Update(unknown)", err, reservation.ErrNotFound)
}

func roomMustExist(t *testing.T, f Fixture) {
	r := newReservation(uuid.New(), f.NewUser(t), between(1, 2))
	storetest.WantError(t, "Create(unknown room)", f.Store.Create(t.Context(), r), reservation.ErrRoomNotFound)
	_, err := f.Store.Get(t.Context(), r.ID)
	storetest.WantError(t, "Get(refused)", err, reservation.ErrNotFound)
}

func overlap(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	f.reserve(t, room, user, between(10, 12))
	tests := []struct {
		name   string
		period reservation.Period
		want   error
	}{
		{"the same", between(10, 12), reservation.ErrOverlap},
		{"inside", between(10.5, 11), reservation.ErrOverlap},
		{"around", between(9, 13), reservation.ErrOverlap},
		{"across the start", between(9, 10.1), reservation.ErrOverlap},
		{"across the end", between(11.9, 13), reservation.ErrOverlap},
		{"the same start", between(10, 10.1), reservation.ErrOverlap},
		{"the same end", between(11.9, 12), reservation.ErrOverlap},
		{"until the start", between(9, 10), nil},
		{"from the end", between(12, 13), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newReservation(room, user, test.period)
			storetest.WantError(t, "Create()", f.Store.Create(t.Context(), r), test.want)
			_, err := f.Store.Get(t.Context(), r.ID)
			if test.want != nil {
				storetest.WantError(t, "Get(refused)", err, reservation.ErrNotFound)
			} else {
				storetest.WantError(t, "Get()", err, nil)
			}
		})
	}
}

func otherRoom(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	f.reserve(t, f.room(t, "Garden").ID, user, between(1, 2))
	f.reserve(t, f.room(t, "Orchard").ID, user, between(1, 2))
}

func cancelledGivesWay(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	f.reserve(t, room, user, between(1, 2), cancelled)
	f.reserve(t, room, user, between(1, 2))
	f.reserve(t, room, user, between(1, 2), cancelled) // and takes nobody's place
}

func update(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	before := f.reserve(t, room, user, between(1, 2))

	change := before
	change.RoomID, change.UserID = f.room(t, "Orchard").ID, f.NewUser(t)
	change.Title, change.Period, change.CancelledAt = "Monthly", between(5, 6), new(at(3))
	change.CreatedAt, change.UpdatedAt = at(8), at(9)

	want := kept(change)
	want.RoomID, want.UserID, want.CreatedAt, want.Version = room, user, before.CreatedAt, 2
	got, err := f.Store.Update(t.Context(), change)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("Update() = %+v, %v, want %+v", got, err, want)
	}
	if got, err := f.Store.Get(t.Context(), before.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, %v, want %+v", got, err, want)
	}
}

func stale(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	f.reserve(t, room, user, between(3, 4))
	first := f.reserve(t, room, user, between(1, 2))
	second, err := f.Store.Update(t.Context(), first)
	storetest.WantError(t, "Update(version 1)", err, nil)

	first.Title = "too late"
	_, err = f.Store.Update(t.Context(), first)
	storetest.WantError(t, "Update(version 1, again)", err, reservation.ErrStale)
	first.Period = between(3, 4) // taken as well, which does not matter any more
	_, err = f.Store.Update(t.Context(), first)
	storetest.WantError(t, "Update(version 1, taken period)", err, reservation.ErrStale)

	if got, err := f.Store.Get(t.Context(), first.ID); err != nil || !reflect.DeepEqual(got, second) {
		t.Errorf("Get() = %+v, %v, want %+v", got, err, second)
	}
}

func updateOverlap(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	f.reserve(t, room, user, between(3, 4))
	f.reserve(t, room, user, between(5, 6), cancelled)
	moving := f.reserve(t, room, user, between(1, 2))
	tests := []struct {
		name   string
		period reservation.Period
		want   error
	}{
		{"over its own old period", between(1.5, 2.5), nil},
		{"until the other starts", between(2, 3), nil},
		{"across the start of the other", between(2, 3.1), reservation.ErrOverlap},
		{"from the end of the other", between(4, 5), nil},
		{"over one that is cancelled", between(5, 6), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change := moving
			change.Period = test.period
			got, err := f.Store.Update(t.Context(), change)
			storetest.WantError(t, "Update()", err, test.want)
			if err == nil {
				moving = got
			}
			if got, err := f.Store.Get(t.Context(), moving.ID); err != nil || !reflect.DeepEqual(got, moving) {
				t.Errorf("Get() = %+v, %v, want %+v", got, err, moving)
			}
		})
	}
}

func cancelAndReturn(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	r := f.reserve(t, room, user, between(1, 2))
	r.CancelledAt = new(at(0))
	r, err := f.Store.Update(t.Context(), r)
	storetest.WantError(t, "Update(cancel)", err, nil)

	other := f.reserve(t, room, user, between(1.5, 3))
	r.CancelledAt = nil
	_, err = f.Store.Update(t.Context(), r)
	storetest.WantError(t, "Update(return to a taken room)", err, reservation.ErrOverlap)

	other.CancelledAt = new(at(0))
	_, err = f.Store.Update(t.Context(), other)
	storetest.WantError(t, "Update(cancel the other)", err, nil)
	got, err := f.Store.Update(t.Context(), r)
	storetest.WantError(t, "Update(return to a free room)", err, nil)
	if got.Status() != reservation.Confirmed {
		t.Errorf("Status() = %s, want %s", got.Status(), reservation.Confirmed)
	}
}
