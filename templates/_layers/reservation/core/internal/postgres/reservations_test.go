package postgres_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation/reservationtest"
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
