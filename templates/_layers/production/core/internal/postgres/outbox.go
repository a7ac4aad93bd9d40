package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/job"
	"example.com/app/internal/outbox"
)

// Outbox keeps jobs until the queue has them.
type Outbox struct {
	db database.DB
}

var _ outbox.Store = (*Outbox)(nil)

// NewOutbox keeps jobs in db. In a transaction, a job is kept if all else is.
func NewOutbox(db database.DB) *Outbox { return &Outbox{db: db} }

// Add stores a job.
func (o *Outbox) Add(ctx context.Context, j job.Job) error {
	_, err := o.db.Exec(ctx, `INSERT INTO outbox (id, kind, payload, created_at) VALUES ($1, $2, $3, $4)`,
		j.ID, j.Kind, j.Payload, j.CreatedAt)
	if err != nil {
		return fmt.Errorf("add job to outbox: %w", database.Cause(ctx, err))
	}
	return nil
}

// Forward implements outbox.Store.
func (o *Outbox) Forward(ctx context.Context, limit int, publish outbox.Publish) (int, error) {
	forwarded := 0
	err := pgx.BeginFunc(ctx, o.db, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id, kind, payload, created_at FROM outbox
			ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, limit)
		if err != nil {
			return err
		}
		jobs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (j job.Job, err error) {
			err = row.Scan(&j.ID, &j.Kind, &j.Payload, &j.CreatedAt)
			return j, err
		})
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := publish(ctx, jobs...); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(jobs))
		for i, j := range jobs {
			ids[i] = j.ID
		}
		forwarded = len(jobs)
		_, err = tx.Exec(ctx, `DELETE FROM outbox WHERE id = ANY($1)`, ids)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forward jobs: %w", database.Cause(ctx, err))
	}
	return forwarded, nil
}

// Waiting returns how many jobs are in the outbox, and since when the oldest is
// there: zero where there is none.
func (o *Outbox) Waiting(ctx context.Context) (jobs int, oldest time.Time, err error) {
	var since *time.Time
	if err := o.db.QueryRow(ctx, `SELECT count(*), min(created_at) FROM outbox`).Scan(&jobs, &since); err != nil {
		return 0, time.Time{}, fmt.Errorf("count outbox: %w", database.Cause(ctx, err))
	}
	if since != nil {
		oldest = *since
	}
	return jobs, oldest, nil
}
