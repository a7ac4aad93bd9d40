package memory_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/memory"
	"example.com/app/internal/reservation/reservationtest"
)

func TestAnnouncing(t *testing.T) {
	reservationtest.Run(t, func(*testing.T) reservationtest.Fixture {
		queue := memory.NewJobs([]string{"mail"}, job.Retries{Tries: 1})
		return reservationtest.Fixture{
			Store:   memory.Announcing{Store: new(memory.Reservations), Queue: queue},
			NewUser: func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}
