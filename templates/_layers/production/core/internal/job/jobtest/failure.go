package jobtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/job"
)

func testFailure(t *testing.T, open Open) {
	runAll(t, open, []subtest{
		{name: "a job that failed comes again", test: again},
		{
			name:    "each wait is as long as it should be",
			retries: job.Retries{Tries: 4, Base: 300 * time.Millisecond, Max: time.Minute},
			test:    waits,
		},
		{name: "a panic is a failure", test: panics},
		{name: "a group that fails leaves the others alone", test: failAlone},
		{
			name:    "other jobs do not wait for one that waits",
			retries: job.Retries{Tries: 2, Base: time.Hour, Max: time.Hour},
			test:    overtake,
		},
		{
			name:    "what waits for its next try is counted",
			retries: job.Retries{Tries: 2, Base: time.Hour, Max: time.Hour},
			test:    countRetrying,
		},
	})
}

func again(t *testing.T, f Fixture) {
	handed, handle := record(func(j job.Job) error {
		if j.Try == 1 {
			return errBroken
		}
		return nil
	})
	consume(t, f.Queue, mail, handle)
	want := f.publish(t, "test")[0]
	wantJob(t, receive(t, "the first try", handed), want, 1)
	wantJob(t, receive(t, "the second try", handed), want, 2)
	f.waitStats(t, mail, job.Stats{})
	receiveNone(t, "a third try", handed)
}

// waits allows for a queue that looks only now and then whether a job is due.
func waits(t *testing.T, f Fixture) {
	const late = 3 * time.Second
	r := job.Retries{Tries: 4, Base: 300 * time.Millisecond, Max: time.Minute}
	type try struct {
		n      int
		handed time.Time
	}
	tries := make(chan try, r.Tries)
	consume(t, f.Queue, mail, func(_ context.Context, j job.Job) error {
		tries <- try{j.Try, time.Now()}
		return errBroken
	})
	f.publish(t, "test")
	last := receive(t, "the first try", tries)
	for n := 1; n < r.Tries; n++ {
		next := receive(t, "the next try", tries)
		if next.n != n+1 {
			t.Errorf("handed out as try %d, want %d", next.n, n+1)
		}
		shortest, longest := r.Wait(n, 0), r.Wait(n, 1)+late
		if wait := next.handed.Sub(last.handed); wait < shortest || wait > longest {
			t.Errorf("try %d came after %v, want from %v to %v", next.n, wait, shortest, longest)
		}
		last = next
	}
}

func panics(t *testing.T, f Fixture) {
	handed, handle := record(func(j job.Job) error {
		if j.Kind == "bad" {
			panic("no such thing")
		}
		return nil
	})
	consume(t, f.Queue, mail, handle)
	f.publish(t, "bad")
	for try := range 3 {
		if j := receive(t, "the job that panics", handed); j.Try != try+1 {
			t.Errorf("handed out as try %d, want %d", j.Try, try+1)
		}
	}
	dead := f.waitDead(t, 1)[0]
	if dead.Reason != "" && !strings.Contains(dead.Reason, "no such thing") {
		t.Errorf("Dead().Reason = %q, want what was panicked with", dead.Reason)
	}
	f.publish(t, "good")
	if j := receive(t, "a job after the panic", handed); j.Kind != "good" {
		t.Errorf("handed out %q, want the next job", j.Kind)
	}
}

func failAlone(t *testing.T, f Fixture) {
	failing, fail := record(always(fmt.Errorf("%w: %w", job.ErrHopeless, errBroken)))
	working, work := record(nil)
	consume(t, f.Queue, mail, fail)
	consume(t, f.Queue, stats, work)
	want := f.publish(t, "test")
	wantAll(t, mail, failing, want)
	wantAll(t, stats, working, want)
	f.waitDead(t, 1)
	f.waitStats(t, stats, job.Stats{})
	receiveNone(t, "a job of a group that did it", working)
}

func overtake(t *testing.T, f Fixture) {
	handed, handle := record(func(j job.Job) error {
		if j.Kind == "bad" {
			return errBroken
		}
		return nil
	})
	consume(t, f.Queue, mail, handle)
	f.publish(t, "bad", "bad", "bad")
	for range 3 {
		receive(t, "a job that fails", handed)
	}
	f.waitStats(t, mail, job.Stats{Retrying: 3})
	want := f.publish(t, "good", "good")
	wantAll(t, mail, handed, want)
}

func countRetrying(t *testing.T, f Fixture) {
	handed, handle := record(always(errBroken))
	c := consume(t, f.Queue, mail, handle)
	f.publish(t, "a", "b")
	f.waitStats(t, mail, job.Stats{Retrying: 2})
	c.stop(t)
	f.waitStats(t, mail, job.Stats{Retrying: 2})
	if len(handed) != 2 {
		t.Errorf("%d jobs were handed out, want 2", len(handed))
	}
	f.waitStats(t, stats, job.Stats{Waiting: 2})
}
