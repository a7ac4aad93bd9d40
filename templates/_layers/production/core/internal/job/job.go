// Package job is work that is done after a request was answered. A Queue carries
// jobs from who needs something done to who does it.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

// Outcomes of this package.
var (
	// ErrHopeless is wrapped by a handler's error when another try would fail too.
	ErrHopeless = errors.New("job: hopeless")

	ErrNotFound = errors.New("job: not found")
)

// Job is something to be done. It may be handed out more than once, with the same
// ID each time.
type Job struct {
	ID        uuid.UUID       `json:"id"`
	Kind      string          `json:"kind"`
	Payload   json.RawMessage `json:"payload"`
	CreatedAt time.Time       `json:"created_at"`

	// Try says how often the job has been handed out, this time included, where the
	// queue hands it out. Elsewhere it is 0.
	Try int `json:"-"`
}

// New returns a job whose payload is the JSON of v.
func New(kind string, v any, now time.Time) (Job, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Job{}, fmt.Errorf("make job id: %w", err)
	}
	payload, err := json.Marshal(v)
	if err != nil {
		return Job{}, fmt.Errorf("encode payload of %s: %w", kind, err)
	}
	return Job{ID: id, Kind: kind, Payload: payload, CreatedAt: now.UTC()}, nil
}

// Handler does a job. After an error the job is handed out again, later, until
// its tries are used up or the error wraps ErrHopeless.
type Handler func(ctx context.Context, j Job) error

// Do does a job with h, and makes an error of its panic.
func (h Handler) Do(ctx context.Context, j Job) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return h(ctx, j)
}

// Dead is a job that was given up.
type Dead struct {
	Job
	Tries  int       // how often it was handed out
	Reason string    // the error of the last try; empty where the queue does not know it
	DiedAt time.Time // UTC
}

// Stats is how much a group has before it.
type Stats struct {
	Waiting  int // ready to be handed out; what is in hand is not counted
	Retrying int // failed, and waiting for their next try
	Dead     int
}

// Queue carries each job to every group of consumers that it was opened with. Its
// methods return outage.ErrUnavailable when the queue cannot be reached.
type Queue interface {
	// Publish returns nil once the queue has taken charge of all jobs, for every
	// group: none of them is lost, whichever process crashes then. After an error some of
	// them may have been taken. Publishing a job again does no harm but may hand
	// it out again.
	Publish(ctx context.Context, jobs ...Job) error

	// Consume hands the group's jobs to handle, several at once, until ctx is done;
	// then it waits until those in hand are done, and returns nil. The context of
	// handle goes on while it waits. A job belongs to one consumer of the group at a
	// time; one that its consumer did not finish, because it crashed, say, is handed
	// out again. While the queue is away Consume waits for it.
	Consume(ctx context.Context, group string, handle Handler) error

	// Dead returns up to limit jobs that the group gave up, those that died first
	// at the front.
	Dead(ctx context.Context, group string, limit int) ([]Dead, error)

	// Retry puts a dead job of the group back among those that wait, with all its
	// tries. It returns ErrNotFound when no such job is dead.
	Retry(ctx context.Context, group string, id uuid.UUID) error

	// Stats counts what the group has before it.
	Stats(ctx context.Context, group string) (Stats, error)

	// Close lets go of the connections. It is called when nobody uses the queue.
	Close() error
}

// Retries says when a job that failed is tried again.
type Retries struct {
	Tries int           // at most, the first included; from 1 to 20
	Base  time.Duration // the wait after the first try; it doubles with each further one
	Max   time.Duration // the longest wait
}

// Wait is the time to the next try after tries of them failed: Base, twice that,
// and so on up to Max. Of this, a random half is left out, so that jobs that
// failed together do not come back together. random is from [0, 1).
func (r Retries) Wait(tries int, random float64) time.Duration {
	wait := r.Base
	for range tries - 1 {
		if wait *= 2; wait >= r.Max {
			break
		}
	}
	wait = min(wait, r.Max)
	return wait/2 + time.Duration(random*float64(wait/2))
}
