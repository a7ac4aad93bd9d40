package parts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/job"
	"example.com/app/internal/notice"
	"example.com/app/internal/postgres"
	"example.com/app/internal/reservation"
	"example.com/app/internal/server"
)

// Groups returns every group of consumers. Each of them gets every job.
func Groups() []string { return []string{notice.Group} }

// WriteMail writes an e-mail for each job.
func WriteMail(queue job.Queue, watcher *job.Watcher, writer *notice.Writer) server.Task {
	handle := watcher.Watch(notice.Group, writer.Handle)
	return func(ctx context.Context) error { return queue.Consume(ctx, notice.Group, handle) }
}

// handledLife is how long it is remembered that a job was done: much longer than
// the queue could take to hand it out again.
const handledLife = 30 * 24 * time.Hour

// Forget keeps tables from growing for ever.
func Forget(pool *pgxpool.Pool, logger *slog.Logger) server.Task {
	inbox, keys := postgres.NewInbox(pool), postgres.NewKeys(pool)
	return func(ctx context.Context) error {
		hourly := time.NewTicker(time.Hour)
		defer hourly.Stop()
		for {
			_, jobsErr := inbox.Forget(ctx, time.Now().Add(-handledLife))
			_, keysErr := keys.Forget(ctx, time.Now().Add(-reservation.KeyLife))
			if err := errors.Join(jobsErr, keysErr); err != nil && ctx.Err() == nil {
				logger.Warn("old rows stay", slog.Any("error", err))
			}
			select {
			case <-ctx.Done():
				return nil
			case <-hourly.C:
			}
		}
	}
}
