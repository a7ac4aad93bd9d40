package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

const roomColumns = "id, name, description, capacity, version, created_at, updated_at"

func scanRoom(row pgx.Row, more ...any) (reservation.Room, error) {
	var r reservation.Room
	err := row.Scan(append([]any{
		&r.ID, &r.Name, &r.Description, &r.Capacity, &r.Version, &r.CreatedAt, &r.UpdatedAt,
	}, more...)...)
	return r, err
}

// CreateRoom implements reservation.Store.
func (s *Reservations) CreateRoom(ctx context.Context, r reservation.Room) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO rooms (`+roomColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Name, r.Description, r.Capacity, r.Version, r.CreatedAt, r.UpdatedAt)
	if database.Violates(err, "rooms_name_key") {
		err = reservation.ErrNameTaken
	}
	if err != nil {
		return fmt.Errorf("create room: %w", database.Cause(ctx, err))
	}
	return nil
}

// Room implements reservation.Store.
func (s *Reservations) Room(ctx context.Context, id uuid.UUID) (reservation.Room, error) {
	r, err := scanRoom(s.db.QueryRow(ctx, `SELECT `+roomColumns+` FROM rooms WHERE id = $1`, id))
	if err != nil {
		err = database.OrNotFound(err, reservation.ErrRoomNotFound)
		return reservation.Room{}, fmt.Errorf("get room %s: %w", id, database.Cause(ctx, err))
	}
	return r, nil
}

// Rooms implements reservation.Store.
func (s *Reservations) Rooms(ctx context.Context, q reservation.RoomQuery) (page.List[reservation.Room], error) {
	selected := database.Selection{
		Columns: roomColumns,
		Table:   "rooms",
		Orders:  map[string]string{"name": `lower(name) COLLATE "C"`, "capacity": "capacity", "created_at": "created_at"},
	}
	if q.Text != "" {
		// The words are found as those of the column are.
		selected.Where(`search @@ plainto_tsquery('simple', regexp_replace(@text, '[^[:alnum:]]+', ' ', 'g'))`,
			pgx.NamedArgs{"text": q.Text})
	}
	if q.MinCapacity > 0 {
		selected.Where(`capacity >= @capacity`, pgx.NamedArgs{"capacity": q.MinCapacity})
	}
	if q.Free != nil {
		selected.Where(`NOT EXISTS (
				SELECT FROM reservations
				WHERE room_id = rooms.id AND cancelled_at IS NULL AND during && tstzrange(@start, @end))`,
			pgx.NamedArgs{"start": q.Free.Start, "end": q.Free.End})
	}
	rooms, err := database.List(ctx, s.db, selected, q.Page, scanRoom)
	if err != nil {
		return rooms, fmt.Errorf("list rooms: %w", database.Cause(ctx, err))
	}
	return rooms, nil
}

// UpdateRoom implements reservation.Store.
func (s *Reservations) UpdateRoom(ctx context.Context, r reservation.Room) (reservation.Room, error) {
	updated, err := scanRoom(s.db.QueryRow(ctx, `
		UPDATE rooms
		SET name = $3, description = $4, capacity = $5, updated_at = $6, version = version + 1
		WHERE id = $1 AND version = $2
		RETURNING `+roomColumns,
		r.ID, r.Version, r.Name, r.Description, r.Capacity, r.UpdatedAt))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		err = s.whyNoRoom(ctx, r.ID)
	case database.Violates(err, "rooms_name_key"):
		err = reservation.ErrNameTaken
	}
	if err != nil {
		return reservation.Room{}, fmt.Errorf("update room %s: %w", r.ID, database.Cause(ctx, err))
	}
	return updated, nil
}

// DeleteRoom implements reservation.Store.
func (s *Reservations) DeleteRoom(ctx context.Context, id uuid.UUID, version int) error {
	done, err := s.db.Exec(ctx, `DELETE FROM rooms WHERE id = $1 AND version = $2`, id, version)
	switch {
	case err == nil && done.RowsAffected() == 0:
		err = s.whyNoRoom(ctx, id)
	case database.Violates(err, "reservations_room_id_fkey"):
		err = reservation.ErrRoomInUse
	}
	if err != nil {
		return fmt.Errorf("delete room %s: %w", id, database.Cause(ctx, err))
	}
	return nil
}

// whyNoRoom tells a room of another version from one that does not exist.
func (s *Reservations) whyNoRoom(ctx context.Context, id uuid.UUID) error {
	var exists bool
	err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM rooms WHERE id = $1)`, id).Scan(&exists)
	switch {
	case err != nil:
		return err
	case exists:
		return reservation.ErrStale
	default:
		return reservation.ErrRoomNotFound
	}
}
