package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/job"
)

// Inbox remembers which jobs were done.
type Inbox struct {
	db database.DB
}

var _ job.Inbox = (*Inbox)(nil)

// NewInbox remembers in db.
func NewInbox(db database.DB) *Inbox { return &Inbox{db: db} }

// Once implements job.Inbox. It holds a connection until do is done.
func (i *Inbox) Once(ctx context.Context, group string, id uuid.UUID, do func(context.Context) error) error {
	var failed error // of do, which is not the database's
	err := pgx.BeginFunc(ctx, i.db, func(tx pgx.Tx) error {
		// While an e-mail is on its way the transaction is idle, for longer than
		// others may be.
		if _, err := tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = '60s'`); err != nil {
			return err
		}
		// Whoever comes second with a job waits here for the first.
		inserted, err := tx.Exec(ctx, `
			INSERT INTO handled_jobs (consumers, job_id, handled_at) VALUES ($1, $2, now())
			ON CONFLICT DO NOTHING`, group, id)
		if err != nil || inserted.RowsAffected() == 0 {
			return err
		}
		failed = do(ctx)
		return failed
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("do job %s once: %w", id, database.Cause(ctx, err))
	}
	return nil
}

// Forget forgets jobs that were done before a moment, and returns how many they
// were. None of them may come again: the queue gives up on a job much earlier.
func (i *Inbox) Forget(ctx context.Context, before time.Time) (int64, error) {
	deleted, err := i.db.Exec(ctx, `DELETE FROM handled_jobs WHERE handled_at < $1`, before)
	if err != nil {
		return 0, fmt.Errorf("forget jobs: %w", database.Cause(ctx, err))
	}
	return deleted.RowsAffected(), nil
}
