package parts

import (
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/job"
	"example.com/app/internal/metrics"
	"example.com/app/internal/outbox"
	"example.com/app/internal/postgres"
	"example.com/app/internal/server"
)

// relayIdle is how long a job waits in the outbox at most, while all is well.
const relayIdle = 200 * time.Millisecond

// Relay moves jobs from the outbox to the queue.
func Relay(pool *pgxpool.Pool, queue job.Queue, m *metrics.Metrics, logger *slog.Logger) server.Task {
	store := postgres.NewOutbox(pool)
	m.Outbox(store.Waiting)
	relay := &outbox.Relay{
		Store: store, Publish: queue.Publish, Idle: relayIdle, Logger: logger, Observed: m.Published,
	}
	return relay.Run
}

// Watcher returns what counts and logs how the jobs fare.
func Watcher(m *metrics.Metrics, logger *slog.Logger) *job.Watcher {
	return &job.Watcher{Retries: Retries(), Logger: logger, Waited: m.JobWait, Tried: m.Job}
}

// PoolStat returns what reads the state of a pool.
func PoolStat(pool *pgxpool.Pool) func() metrics.PoolStat {
	return func() metrics.PoolStat {
		s := pool.Stat()
		return metrics.PoolStat{
			Idle: int(s.IdleConns()), Acquired: int(s.AcquiredConns()), Max: int(s.MaxConns()),
			Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
		}
	}
}
