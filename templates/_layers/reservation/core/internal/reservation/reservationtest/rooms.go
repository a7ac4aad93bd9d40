package reservationtest

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

func testRooms(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"a room comes back as it was stored", roomRoundTrip},
		{"an unknown room is not found", roomUnknown},
		{"a name is unique in any case", roomNameUnique},
		{"a change counts the version and keeps the creation", roomUpdate},
		{"a change of an old version is stale", roomStale},
		{"a room may keep its name, not take another's", roomRename},
		{"a room without reservations can be deleted", roomDelete},
		{"a room with any reservation is in use", roomInUse},
	})
}

func roomRoundTrip(t *testing.T, f Fixture) {
	want := f.room(t, "Garden", func(r *reservation.Room) {
		r.Description = `Quiet; "green" & 100% calm, é`
		r.Capacity = 12
	})
	storetest.WantWhole(t, want)
	got, err := f.Store.Room(t.Context(), want.ID)
	if err != nil || got != want {
		t.Errorf("Room() = %+v, %v, want %+v", got, err, want)
	}
}

func roomUnknown(t *testing.T, f Fixture) {
	_, err := f.Store.Room(t.Context(), uuid.New())
	storetest.WantError(t, "Room(unknown)", err, reservation.ErrRoomNotFound)
	_, err = f.Store.UpdateRoom(t.Context(), reservation.Room{ID: uuid.New(), Name: "Garden", Capacity: 1, Version: 1})
	storetest.WantError(t, "UpdateRoom(unknown)", err, reservation.ErrRoomNotFound)
	storetest.WantError(t, "DeleteRoom(unknown)", f.Store.DeleteRoom(t.Context(), uuid.New(), 1), reservation.ErrRoomNotFound)
}

func roomNameUnique(t *testing.T, f Fixture) {
	f.room(t, "Garden")
	again := reservation.Room{ID: uuid.New(), Name: "gARDEN", Capacity: 1, Version: 1}
	storetest.WantError(t, "CreateRoom(gARDEN)", f.Store.CreateRoom(t.Context(), again), reservation.ErrNameTaken)
	_, err := f.Store.Room(t.Context(), again.ID)
	storetest.WantError(t, "Room(refused)", err, reservation.ErrRoomNotFound)
}

func roomUpdate(t *testing.T, f Fixture) {
	room := f.room(t, "Garden")
	changed := room
	changed.Name, changed.Description, changed.Capacity = "Orchard", "apples", 7
	changed.CreatedAt, changed.UpdatedAt = at(5), at(6)

	want := changed
	want.Version, want.CreatedAt, want.UpdatedAt = 2, room.CreatedAt, storetest.Exact(at(6))
	got, err := f.Store.UpdateRoom(t.Context(), changed)
	if err != nil || got != want {
		t.Fatalf("UpdateRoom() = %+v, %v, want %+v", got, err, want)
	}
	if got, err := f.Store.Room(t.Context(), room.ID); err != nil || got != want {
		t.Errorf("Room() = %+v, %v, want %+v", got, err, want)
	}
	// What can be found by text follows the change.
	for text, total := range map[string]int{"garden": 0, "orchard apples": 1} {
		found, err := f.Store.Rooms(t.Context(), reservation.RoomQuery{Text: text, Page: firstPage("", reservation.RoomSortKeys())})
		if err != nil || found.Total != total {
			t.Errorf("Rooms(%q) = %d rooms, %v, want %d", text, found.Total, err, total)
		}
	}
}

func roomStale(t *testing.T, f Fixture) {
	room := f.room(t, "Garden")
	f.room(t, "Orchard")
	if _, err := f.Store.UpdateRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	stale := room
	stale.Name = "Orchard" // taken as well, which does not matter any more
	_, err := f.Store.UpdateRoom(t.Context(), stale)
	storetest.WantError(t, "UpdateRoom(version 1)", err, reservation.ErrStale)
	storetest.WantError(t, "DeleteRoom(version 1)", f.Store.DeleteRoom(t.Context(), room.ID, 1), reservation.ErrStale)
	storetest.WantError(t, "DeleteRoom(version 3)", f.Store.DeleteRoom(t.Context(), room.ID, 3), reservation.ErrStale)
	storetest.WantError(t, "DeleteRoom(version 2)", f.Store.DeleteRoom(t.Context(), room.ID, 2), nil)
}

func roomRename(t *testing.T, f Fixture) {
	room := f.room(t, "Garden")
	f.room(t, "Orchard")
	room.Name = "GARDEN"
	room, err := f.Store.UpdateRoom(t.Context(), room)
	storetest.WantError(t, "UpdateRoom(own name)", err, nil)
	room.Name = "orchard"
	_, err = f.Store.UpdateRoom(t.Context(), room)
	storetest.WantError(t, "UpdateRoom(orchard)", err, reservation.ErrNameTaken)
}

func roomDelete(t *testing.T, f Fixture) {
	room := f.room(t, "Garden")
	storetest.WantError(t, "DeleteRoom()", f.Store.DeleteRoom(t.Context(), room.ID, 1), nil)
	_, err := f.Store.Room(t.Context(), room.ID)
	storetest.WantError(t, "Room(deleted)", err, reservation.ErrRoomNotFound)
	f.room(t, "Garden") // the name is free again
}

func roomInUse(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	confirmed, past := f.room(t, "Confirmed"), f.room(t, "Cancelled")
	f.reserve(t, confirmed.ID, user, between(1, 2))
	f.reserve(t, past.ID, user, between(1, 2), cancelled)
	for _, room := range []reservation.Room{confirmed, past} {
		err := f.Store.DeleteRoom(t.Context(), room.ID, 1)
		storetest.WantError(t, "DeleteRoom("+room.Name+")", err, reservation.ErrRoomInUse)
		storetest.WantError(t, "DeleteRoom(version 2)", f.Store.DeleteRoom(t.Context(), room.ID, 2), reservation.ErrStale)
	}
}
