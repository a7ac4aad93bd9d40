package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/auth"
	"example.com/app/internal/database"
)

// Sessions keeps sessions and the hashes of their refresh tokens.
type Sessions struct {
	db database.DB
}

var _ auth.Sessions = (*Sessions)(nil)

// NewSessions keeps sessions in db.
func NewSessions(db database.DB) *Sessions { return &Sessions{db: db} }

// Create implements auth.Sessions.
func (s *Sessions) Create(ctx context.Context, session auth.Session, token auth.TokenHash) error {
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		// Two log-ins at once may both find the same expired sessions. Neither
		// waits for the other to delete them.
		_, err := tx.Exec(ctx, `
			DELETE FROM sessions WHERE id IN (
				SELECT id FROM sessions WHERE user_id = $1 AND expires_at < $2
				FOR UPDATE SKIP LOCKED)`,
			session.UserID, session.CreatedAt)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO sessions (id, user_id, epoch, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5)`,
			session.ID, session.UserID, session.Epoch, session.CreatedAt, session.ExpiresAt)
		if err != nil {
			return err
		}
		return insertToken(ctx, tx, session.ID, token, session.CreatedAt)
	})
	if err != nil {
		return fmt.Errorf("create session: %w", database.Cause(ctx, err))
	}
	return nil
}

// Rotate implements auth.Sessions.
func (s *Sessions) Rotate(ctx context.Context, old, next auth.TokenHash, now time.Time) (auth.Session, error) {
	var (
		session auth.Session
		outcome error
	)
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var (
			lives, used bool
			err         error
		)
		session, lives, err = lockSession(ctx, tx, old, now)
		if err != nil {
			return database.OrNotFound(err, auth.ErrTokenInvalid)
		}
		// Only a new statement sees what others did while we waited for the lock.
		err = tx.QueryRow(ctx, `
			SELECT used_at IS NOT NULL FROM refresh_tokens WHERE hash = $1`, old[:]).Scan(&used)
		if err != nil {
			return err
		}
		switch {
		case used:
			// This is not a failure of the transaction, which must be committed.
			outcome = auth.ErrTokenReused
			_, err = tx.Exec(ctx, `
				UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, session.ID, now)
			return err
		case !lives:
			return auth.ErrTokenInvalid
		}
		if _, err := tx.Exec(ctx, `UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1`, old[:], now); err != nil {
			return err
		}
		return insertToken(ctx, tx, session.ID, next, now)
	})
	if err == nil {
		err = outcome
	}
	if err != nil {
		return auth.Session{}, fmt.Errorf("rotate refresh token: %w", database.Cause(ctx, err))
	}
	return session, nil
}

// End implements auth.Sessions.
func (s *Sessions) End(ctx context.Context, token auth.TokenHash, now time.Time) error {
	_, err := s.db.Exec(ctx, `
		UPDATE sessions SET ended_at = $2
		WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1) AND ended_at IS NULL`,
		token[:], now)
	if err != nil {
		return fmt.Errorf("end session: %w", database.Cause(ctx, err))
	}
	return nil
}

// lockSession returns the session of a token, used up or not, and whether it
// lives at now. Until tx ends, nobody else can rotate or end it.
func lockSession(ctx context.Context, tx pgx.Tx, token auth.TokenHash, now time.Time) (session auth.Session, lives bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT id, user_id, epoch, created_at, expires_at, ended_at IS NULL AND expires_at > $2
		FROM sessions
		WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)
		FOR UPDATE`,
		token[:], now).
		Scan(&session.ID, &session.UserID, &session.Epoch, &session.CreatedAt, &session.ExpiresAt, &lives)
	return session, lives, err
}

func insertToken(ctx context.Context, tx pgx.Tx, sessionID uuid.UUID, token auth.TokenHash, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)`,
		token[:], sessionID, now)
	return err
}
