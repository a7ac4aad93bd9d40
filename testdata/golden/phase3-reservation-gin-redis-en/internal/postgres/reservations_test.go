package postgres_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/acme/reservation-api/internal/postgres"
	"github.com/acme/reservation-api/internal/postgres/postgrestest"
	"github.com/acme/reservation-api/internal/reservation/reservationtest"
)

func TestReservations(t *testing.T) {
	reservationtest.Run(t, func(t *testing.T) reservationtest.Fixture {
		pool := postgrestest.New(t)
		return reservationtest.Fixture{
			Store:   postgres.NewReservations(pool),
			NewUser: func(t *testing.T) uuid.UUID { return newUser(t, pool) },
		}
	})
}
