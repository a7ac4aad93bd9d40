// Package outbox brings events to the bus that were stored in one transaction with what
// they are about. Neither a crash nor a bus that is away can lose one: an event stays in
// the outbox until the bus has taken charge of it.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"example.com/app/events"
)

// Store is the outbox.
type Store interface {
	// Forward hands up to limit of the oldest events to publish, in the order in which
	// they were added, removes them once it has returned nil, and returns how many they
	// were. Of several at the same time one works and the others wait, so that events
	// about one thing stay in their order. A crash between the two steps leaves events
	// that will be published again, under the same ID.
	Forward(ctx context.Context, limit int, publish Publish) (int, error)

	// Added is readable when this process may have added something.
	Added() <-chan struct{}

	// Waiting returns how many events are in the outbox, and since when the oldest is
	// there: zero where there is none.
	Waiting(ctx context.Context) (n int, oldest time.Time, err error)
}

// Publish returns nil when the bus has stored all events.
type Publish func(ctx context.Context, batch ...events.Event) error

const (
	batch = 100
	// publishTime ends an attempt on a bus that does not answer while the transaction
	// around it is still welcome in the database.
	publishTime = 5 * time.Second
)

// Relay moves events from the outbox to the bus. Each process of a service runs one. All
// fields are required.
type Relay struct {
	Store   Store
	Publish Publish
	// Idle is how long an event waits that a process added which ended before it could
	// publish it.
	Idle   time.Duration
	Logger *slog.Logger
}

// Run moves events until ctx is done.
func (r *Relay) Run(ctx context.Context) error {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		case <-r.added(failures):
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

// added is deaf after a failure: what is new would fail as what is old did.
func (r *Relay) added(failures int) <-chan struct{} {
	if failures > 0 {
		return nil
	}
	return r.Store.Added()
}

func (r *Relay) publish(ctx context.Context, batch ...events.Event) error {
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	return r.Publish(ctx, batch...)
}
