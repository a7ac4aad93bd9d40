package memory_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/acme/reservation-api/internal/memory"
	"github.com/acme/reservation-api/internal/reservation/reservationtest"
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
