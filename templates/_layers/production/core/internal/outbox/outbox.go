// Package outbox brings jobs to the queue that were stored in one transaction with
// what they are about. Neither a crash nor a queue that is away can lose one: a
// job stays in the outbox until the queue has taken charge of it.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"example.com/app/internal/job"
)

// Store is the outbox.
type Store interface {
	// Forward hands up to limit of the oldest jobs to publish, removes them once
	// it has returned nil, and returns how many they were. Jobs that another
	// Forward has in hand are left to it. A crash between the two steps leaves jobs
	// that will be published again, under the same ID.
	Forward(ctx context.Context, limit int, publish Publish) (int, error)
}

// Publish is job.Queue's.
type Publish func(ctx context.Context, jobs ...job.Job) error

const (
	batch = 100
	// publishTime ends an attempt on a queue that does not answer while the
	// transaction around it is still welcome in the database.
	publishTime = 5 * time.Second
)

// Relay moves jobs from the outbox to the queue. Several relays may share an
// outbox. All fields are required.
type Relay struct {
	Store   Store
	Publish Publish
	// Idle is how long the relay waits when there is nothing to do, and thus the
	// longest that a job waits for a relay.
	Idle     time.Duration
	Logger   *slog.Logger
	Observed func(published int)
}

// Run moves jobs until ctx is done.
func (r *Relay) Run(ctx context.Context) error {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		switch n, err := r.Store.Forward(ctx, batch, r.publish); {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			r.Logger.Warn("outbox does not move", slog.Any("error", err))
			failures++
			wait.Reset(min(r.Idle<<min(failures, 8), max(r.Idle, publishTime)))
		case n < batch:
			failures = 0
			wait.Reset(r.Idle)
		default:
			failures = 0
			wait.Reset(0) // there is more
		}
	}
}

func (r *Relay) publish(ctx context.Context, jobs ...job.Job) error {
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	if err := r.Publish(ctx, jobs...); err != nil {
		return err
	}
	r.Observed(len(jobs))
	return nil
}
