package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/reservation"
)

// Keys remembers what was done for which idempotency key.
type Keys struct {
	db database.DB
}

var _ reservation.Keys = (*Keys)(nil)

// NewKeys remembers in db.
func NewKeys(db database.DB) *Keys { return &Keys{db: db} }

// Once implements reservation.Keys.
func (s *Keys) Once(ctx context.Context, k reservation.Key, create func(reservation.Store) (reservation.Reservation, error)) (reservation.Reservation, error) {
	var answer reservation.Reservation
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		// Whoever comes second with a key waits here for the first.
		inserted, err := tx.Exec(ctx, `
			INSERT INTO idempotency_keys (user_id, key, request, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, k.UserID, k.Value, k.Request[:], k.At)
		if err != nil {
			return err
		}
		if inserted.RowsAffected() == 0 {
			answer, err = remembered(ctx, tx, k)
			return err
		}
		if answer, err = create(NewAnnouncing(tx)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND key = $2`,
			k.UserID, k.Value, answer)
		return err
	})
	if err != nil {
		return reservation.Reservation{}, fmt.Errorf("create once: %w", database.Cause(ctx, err))
	}
	return answer, nil
}

func remembered(ctx context.Context, tx pgx.Tx, k reservation.Key) (reservation.Reservation, error) {
	var (
		answer reservation.Reservation
		same   bool
	)
	err := tx.QueryRow(ctx, `SELECT answer, request = $3 FROM idempotency_keys WHERE user_id = $1 AND key = $2`,
		k.UserID, k.Value, k.Request[:]).Scan(&answer, &same)
	if err != nil {
		return reservation.Reservation{}, err
	}
	if !same {
		return reservation.Reservation{}, reservation.ErrKeyReused
	}
	return answer, nil
}

// Forget forgets keys that came before a moment, and returns how many they were.
func (s *Keys) Forget(ctx context.Context, before time.Time) (int64, error) {
	deleted, err := s.db.Exec(ctx, `DELETE FROM idempotency_keys WHERE created_at < $1`, before)
	if err != nil {
		return 0, fmt.Errorf("forget idempotency keys: %w", database.Cause(ctx, err))
	}
	return deleted.RowsAffected(), nil
}
