package memory

import (
	"context"

	"example.com/app/internal/job"
	"example.com/app/internal/notice"
	"example.com/app/internal/reservation"
)

// Announcing is a store that also publishes a job for each change of a reservation. Both
// fields are required.
type Announcing struct {
	reservation.Store
	Queue job.Queue
}

var _ reservation.Store = Announcing{}

// Create implements reservation.Store.
func (s Announcing) Create(ctx context.Context, r reservation.Reservation) error {
	if err := s.Store.Create(ctx, r); err != nil {
		return err
	}
	return s.announce(ctx, r)
}

// Update implements reservation.Store.
func (s Announcing) Update(ctx context.Context, r reservation.Reservation) (reservation.Reservation, error) {
	updated, err := s.Store.Update(ctx, r)
	if err != nil {
		return reservation.Reservation{}, err
	}
	return updated, s.announce(ctx, updated)
}

func (s Announcing) announce(ctx context.Context, r reservation.Reservation) error {
	j, err := notice.Job(r)
	if err != nil {
		return err
	}
	return s.Queue.Publish(ctx, j)
}
