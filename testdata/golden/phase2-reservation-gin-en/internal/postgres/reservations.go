package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/acme/reservation-api/internal/database"
	"github.com/acme/reservation-api/internal/page"
	"github.com/acme/reservation-api/internal/reservation"
)

// Reservations keeps rooms and reservations.
type Reservations struct {
	db database.DB
}

var _ reservation.Store = (*Reservations)(nil)

// NewReservations keeps rooms and reservations in db.
func NewReservations(db database.DB) *Reservations { return &Reservations{db: db} }

const reservationColumns = "id, room_id, user_id, title, lower(during), upper(during), cancelled_at, version, created_at, updated_at"

func scanReservation(row pgx.Row, more ...any) (reservation.Reservation, error) {
	var r reservation.Reservation
	err := row.Scan(append([]any{
		&r.ID, &r.RoomID, &r.UserID, &r.Title, &r.Period.Start, &r.Period.End,
		&r.CancelledAt, &r.Version, &r.CreatedAt, &r.UpdatedAt,
	}, more...)...)
	return r, err
}

// Create implements reservation.Store.
func (s *Reservations) Create(ctx context.Context, r reservation.Reservation) error {
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := takeTurn(ctx, tx, r.RoomID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO reservations (id, room_id, user_id, title, during, cancelled_at, version, created_at, updated_at)
			VALUES ($1, $2, $3, $4, tstzrange($5, $6), $7, $8, $9, $10)`,
			r.ID, r.RoomID, r.UserID, r.Title, r.Period.Start, r.Period.End,
			r.CancelledAt, r.Version, r.CreatedAt, r.UpdatedAt)
		return err
	})
	switch {
	case database.Violates(err, "reservations_no_overlap"):
		err = reservation.ErrOverlap
	case database.Violates(err, "reservations_room_id_fkey"):
		err = reservation.ErrRoomNotFound
	}
	if err != nil {
		return fmt.Errorf("create reservation: %w", database.Cause(ctx, err))
	}
	return nil
}

// Get implements reservation.Store.
func (s *Reservations) Get(ctx context.Context, id uuid.UUID) (reservation.Reservation, error) {
	r, err := scanReservation(s.db.QueryRow(ctx, `SELECT `+reservationColumns+` FROM reservations WHERE id = $1`, id))
	if err != nil {
		err = database.OrNotFound(err, reservation.ErrNotFound)
		return reservation.Reservation{}, fmt.Errorf("get reservation %s: %w", id, database.Cause(ctx, err))
	}
	return r, nil
}

// List implements reservation.Store.
func (s *Reservations) List(ctx context.Context, q reservation.Query) (page.List[reservation.Reservation], error) {
	selected := database.Selection{
		Columns: reservationColumns,
		Table:   "reservations",
		Orders:  map[string]string{"starts_at": "lower(during)", "created_at": "created_at"},
	}
	if q.UserID != nil {
		selected.Where(`user_id = @user`, pgx.NamedArgs{"user": *q.UserID})
	}
	if q.RoomID != nil {
		selected.Where(`room_id = @room`, pgx.NamedArgs{"room": *q.RoomID})
	}
	if q.Status != nil {
		condition := `cancelled_at IS NULL`
		if *q.Status == reservation.Cancelled {
			condition = `cancelled_at IS NOT NULL`
		}
		selected.Where(condition, nil)
	}
	switch bounds := (pgx.NamedArgs{"from": q.From, "to": q.To}); {
	case q.From == nil && q.To == nil:
	case q.From != nil && q.To != nil && !q.From.Before(*q.To):
		// No range, but around a moment there may be a reservation.
		selected.Where(`upper(during) > @from AND lower(during) < @to`, bounds)
	default:
		// The same condition, in a form that has an index. A bound that is NULL is none.
		selected.Where(`during && tstzrange(@from, @to)`, bounds)
	}
	reservations, err := database.List(ctx, s.db, selected, q.Page, scanReservation)
	if err != nil {
		return reservations, fmt.Errorf("list reservations: %w", database.Cause(ctx, err))
	}
	return reservations, nil
}

// Update implements reservation.Store.
func (s *Reservations) Update(ctx context.Context, r reservation.Reservation) (reservation.Reservation, error) {
	var updated reservation.Reservation
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var room uuid.UUID // which never changes
		err := tx.QueryRow(ctx, `SELECT room_id FROM reservations WHERE id = $1`, r.ID).Scan(&room)
		if err != nil {
			return database.OrNotFound(err, reservation.ErrNotFound)
		}
		if err := takeTurn(ctx, tx, room); err != nil {
			return err
		}
		updated, err = scanReservation(tx.QueryRow(ctx, `
			UPDATE reservations
			SET title = $3, during = tstzrange($4, $5), cancelled_at = $6, updated_at = $7, version = version + 1
			WHERE id = $1 AND version = $2
			RETURNING `+reservationColumns,
			r.ID, r.Version, r.Title, r.Period.Start, r.Period.End, r.CancelledAt, r.UpdatedAt))
		return database.OrNotFound(err, reservation.ErrStale)
	})
	if database.Violates(err, "reservations_no_overlap") {
		err = reservation.ErrOverlap
	}
	if err != nil {
		return reservation.Reservation{}, fmt.Errorf("update reservation %s: %w", r.ID, database.Cause(ctx, err))
	}
	return updated, nil
}

// lockRoom is the first half of the key of a room's advisory lock; the second half is
// the hash of its id.
const lockRoom = 2

// takeTurn waits until nobody else is changing the periods of a room, and keeps
// others waiting until tx ends. The constraint alone would let no overlap pass
// either, but two writers that find each other's uncommitted rows in its index
// wait for each other: a deadlock.
func takeTurn(ctx context.Context, tx pgx.Tx, room uuid.UUID) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, lockRoom, room.String())
	return err
}
