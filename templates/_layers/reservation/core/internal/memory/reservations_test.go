package memory_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/memory"
	"example.com/app/internal/reservation"
	"example.com/app/internal/reservation/reservationtest"
)

func TestReservations(t *testing.T) {
	reservationtest.Run(t, func(*testing.T) reservationtest.Fixture {
		return reservationtest.Fixture{
			Store:   new(memory.Reservations),
			NewUser: func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}

func TestSampleRooms(t *testing.T) {
	now := time.Date(2030, time.March, 4, 8, 0, 0, 0, time.UTC)
	var store memory.Reservations
	for _, room := range memory.SampleRooms(now) {
		if err := store.CreateRoom(t.Context(), room); err != nil {
			t.Errorf("CreateRoom(%q) = %v, want no error", room.Name, err)
		}
	}
	again := memory.SampleRooms(now)
	got, err := store.Room(t.Context(), again[0].ID)
	if err != nil || got != again[0] {
		t.Errorf("Room(id of a second call) = %+v, %v, want %+v", got, err, again[0])
	}
	if got.Version == reservation.AnyVersion {
		t.Errorf("Room().Version = %d, want a version that can be asked for", got.Version)
	}
}
