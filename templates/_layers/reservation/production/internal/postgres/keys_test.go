package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation"
	"example.com/app/internal/reservation/reservationtest"
)

func TestKeys(t *testing.T) {
	reservationtest.RunKeys(t, func(t *testing.T) reservationtest.KeysFixture {
		pool := postgrestest.New(t)
		return reservationtest.KeysFixture{
			Fixture: reservationtest.Fixture{
				Store:   postgres.NewReservations(pool),
				NewUser: func(t *testing.T) uuid.UUID { return newUser(t, pool) },
			},
			Keys: postgres.NewKeys(pool),
		}
	})
}

// What create has stored goes with its failure, and so does the key.
func TestKeysUndo(t *testing.T) {
	pool := postgrestest.New(t)
	user := newUser(t, pool)
	k := reservation.Key{UserID: user, Value: "a", At: time.Now()}
	room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 1, Version: 1, CreatedAt: time.Now(), UpdatedAt: time.Now()}
	broken := errors.New("broken")
	_, err := postgres.NewKeys(pool).Once(t.Context(), k, func(s reservation.Store) (reservation.Reservation, error) {
		if err := s.CreateRoom(t.Context(), room); err != nil {
			t.Errorf("CreateRoom() = %v", err)
		}
		return reservation.Reservation{}, broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("Once() = error %v, want %v", err, broken)
	}
	if _, err := postgres.NewReservations(pool).Room(t.Context(), room.ID); !errors.Is(err, reservation.ErrRoomNotFound) {
		t.Errorf("Room() = error %v, want %v: it was undone", err, reservation.ErrRoomNotFound)
	}
	if n := count(t, pool, "idempotency_keys"); n != 0 {
		t.Errorf("%d keys are remembered, want 0", n)
	}
}

func TestForgetKeys(t *testing.T) {
	pool := postgrestest.New(t)
	keys, user, now := postgres.NewKeys(pool), newUser(t, pool), time.Now()
	for value, at := range map[string]time.Time{"old": now.Add(-25 * time.Hour), "new": now.Add(-23 * time.Hour)} {
		_, err := keys.Once(t.Context(), reservation.Key{UserID: user, Value: value, At: at}, func(reservation.Store) (reservation.Reservation, error) {
			return reservation.Reservation{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n, err := keys.Forget(t.Context(), now.Add(-reservation.KeyLife))
	if left := count(t, pool, "idempotency_keys"); n != 1 || left != 1 || err != nil {
		t.Errorf("Forget() = %d, %v with %d keys left, want 1 and 1 left", n, err, left)
	}
}
