// Package jobtest is the contract of job.Queue and of job.Inbox as tests. Every
// adapter passes them, or is none.
package jobtest

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"example.com/app/internal/job"
	"example.com/app/internal/storetest"
)

// Fixture is a queue that nobody has used, and ways to it for other processes.
type Fixture struct {
	Queue job.Queue

	// Other opens the same queue as another process does.
	Other func(t *testing.T) job.Queue

	// Doomed opens the same queue as a process does that dies when kill is called:
	// from then on it reaches nothing. Nil where the queue lives in the process.
	Doomed func(t *testing.T) (queue job.Queue, kill func())

	// Spoiled publishes the job to the group in a message whose text is cut off. Nil
	// where a queue has no messages.
	Spoiled func(t *testing.T, group string, j job.Job)
}

// Open returns a queue with the groups and the retries given. It is let go of when
// the test ends.
type Open func(t *testing.T, groups []string, r job.Retries) Fixture

// Run holds the queues that open returns against the contract. Each test asks for
// one of its own.
func Run(t *testing.T, open Open) {
	t.Run("delivery", func(t *testing.T) { testDelivery(t, open) })
	t.Run("failure", func(t *testing.T) { testFailure(t, open) })
	t.Run("the dead", func(t *testing.T) { testDead(t, open) })
	t.Run("the end of a consumer", func(t *testing.T) { testEnd(t, open) })
}

// subtest is one promise. Where it does not say otherwise, a job has three tries
// with short waits.
type subtest struct {
	name    string
	retries job.Retries
	test    func(t *testing.T, f Fixture)
}

// The groups that every queue is opened with.
const (
	mail  = "mail"
	stats = "stats"
)

func runAll(t *testing.T, open Open, subtests []subtest) {
	t.Helper()
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel() // most of the time, they wait
			if s.retries == (job.Retries{}) {
				s.retries = job.Retries{Tries: 3, Base: 50 * time.Millisecond, Max: 200 * time.Millisecond}
			}
			s.test(t, open(t, []string{mail, stats}, s.retries))
		})
	}
}

var errBroken = errors.New("the server is broken")

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// moment is how long a test waits for what must not come.
const moment = 150 * time.Millisecond

func newJob(t *testing.T, kind string) job.Job {
	t.Helper()
	j, err := job.New(kind, map[string]string{"to": "ann@example.com"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// publish puts new jobs into the queue and returns them.
func (f Fixture) publish(t *testing.T, kinds ...string) []job.Job {
	t.Helper()
	jobs := make([]job.Job, len(kinds))
	for i, kind := range kinds {
		jobs[i] = newJob(t, kind)
	}
	storetest.WantError(t, "Publish", f.Queue.Publish(t.Context(), jobs...), nil)
	return jobs
}

// consumer is a Consume that goes on.
type consumer struct {
	cancel context.CancelFunc
	ended  chan error
}

// consume starts a consumer, which ends with the test at the latest.
func consume(t *testing.T, queue job.Queue, group string, handle job.Handler) *consumer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	c := &consumer{cancel: cancel, ended: make(chan error, 1)}
	go func() {
		defer close(c.ended)
		c.ended <- queue.Consume(ctx, group, handle)
	}()
	t.Cleanup(func() { c.stop(t) })
	return c
}

// stop ends the consumer and waits for it.
func (c *consumer) stop(t *testing.T) {
	t.Helper()
	c.cancel()
	if err := receive(t, "the end of Consume", c.ended); err != nil {
		t.Errorf("Consume() = error %v, want nil", err)
	}
}

// record returns a handler that passes on what it is handed, and then returns what
// fail does; nil means that all goes well.
func record(fail func(j job.Job) error) (chan job.Job, job.Handler) {
	handed := make(chan job.Job, 1000)
	return handed, func(_ context.Context, j job.Job) error {
		handed <- j
		if fail == nil {
			return nil
		}
		return fail(j)
	}
}

func always(err error) func(job.Job) error { return func(job.Job) error { return err } }

// gate is something that handlers wait for.
type gate struct {
	opened chan struct{}
	once   sync.Once
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func receive[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come within %v", what, patience)
		panic("unreachable")
	}
}

func receiveNone[T any](t *testing.T, what string, from <-chan T) {
	t.Helper()
	select {
	case v := <-from:
		t.Errorf("%s came: %+v, want none", what, v)
	case <-time.After(moment):
	}
}

// eventually waits until done returns true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for deadline := time.Now().Add(patience); !done(); <-retry.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// wantJob compares a job with the one that was published. JSON may have changed in
// its white space.
func wantJob(t *testing.T, got, want job.Job, try int) {
	t.Helper()
	if got.ID != want.ID || got.Kind != want.Kind || !got.CreatedAt.Equal(want.CreatedAt) || got.CreatedAt.Location() != time.UTC {
		t.Errorf("handed out %+v, want %+v", got, want)
	}
	if got.Try != try {
		t.Errorf("handed out as try %d, want %d", got.Try, try)
	}
	if !reflect.DeepEqual(decoded(t, got.Payload), decoded(t, want.Payload)) {
		t.Errorf("handed out with payload %s, want %s", got.Payload, want.Payload)
	}
}

func decoded(t *testing.T, payload json.RawMessage) (v any) {
	t.Helper()
	if err := json.Unmarshal(payload, &v); err != nil {
		t.Errorf("payload %q: %v", payload, err)
	}
	return v
}

// waitDead waits until the mail group has n dead jobs and returns them.
func (f Fixture) waitDead(t *testing.T, n int) (dead []job.Dead) {
	t.Helper()
	eventually(t, "jobs are dead", func() bool {
		var err error
		if dead, err = f.Queue.Dead(t.Context(), mail, 100); err != nil {
			t.Fatalf("Dead() = error %v", err)
		}
		return len(dead) >= n
	})
	if len(dead) != n {
		t.Fatalf("Dead() = %d jobs, want %d", len(dead), n)
	}
	return dead
}

// waitStats waits until the group has what is wanted before it: a queue may count a
// little late.
func (f Fixture) waitStats(t *testing.T, group string, want job.Stats) {
	t.Helper()
	var got job.Stats
	for deadline := time.Now().Add(patience); ; {
		var err error
		if got, err = f.Queue.Stats(t.Context(), group); err != nil {
			t.Fatalf("Stats() = error %v", err)
		}
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Stats(%s) = %+v, want %+v", group, got, want)
		}
		<-time.After(20 * time.Millisecond)
	}
}
