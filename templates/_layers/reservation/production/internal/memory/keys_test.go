package memory_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/memory"
	"example.com/app/internal/reservation/reservationtest"
)

func TestKeys(t *testing.T) {
	reservationtest.RunKeys(t, func(*testing.T) reservationtest.KeysFixture {
		store := new(memory.Reservations)
		return reservationtest.KeysFixture{
			Fixture: reservationtest.Fixture{
				Store:   store,
				NewUser: func(*testing.T) uuid.UUID { return uuid.New() },
			},
			Keys: &memory.Keys{Store: store},
		}
	})
}
