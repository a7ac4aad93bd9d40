package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/notice"
	"example.com/app/internal/reservation"
)

// Announcing is Reservations that also puts a job into the outbox for each change
// of a reservation. Both are one transaction: nobody is told of a change that was
// undone, and no change goes untold.
type Announcing struct {
	*Reservations
}

var _ reservation.Store = Announcing{}

// NewAnnouncing keeps rooms, reservations and jobs in db.
func NewAnnouncing(db database.DB) Announcing { return Announcing{NewReservations(db)} }

// Create implements reservation.Store.
func (s Announcing) Create(ctx context.Context, r reservation.Reservation) error {
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := NewReservations(tx).Create(ctx, r); err != nil {
			return err
		}
		return announce(ctx, tx, r)
	})
	return database.Cause(ctx, err)
}

// Update implements reservation.Store.
func (s Announcing) Update(ctx context.Context, r reservation.Reservation) (reservation.Reservation, error) {
	var updated reservation.Reservation
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) (err error) {
		if updated, err = NewReservations(tx).Update(ctx, r); err != nil {
			return err
		}
		return announce(ctx, tx, updated)
	})
	if err != nil {
		return reservation.Reservation{}, database.Cause(ctx, err)
	}
	return updated, nil
}

func announce(ctx context.Context, tx pgx.Tx, r reservation.Reservation) error {
	j, err := notice.Job(r)
	if err != nil {
		return err
	}
	return NewOutbox(tx).Add(ctx, j)
}
