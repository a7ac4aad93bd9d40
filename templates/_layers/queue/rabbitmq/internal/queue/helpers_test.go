package queue_test

import (
	"context"
	"testing"
	"time"

	"example.com/app/internal/job"
	"example.com/app/internal/queue"
)

func open(t *testing.T, url string, o queue.Options) *queue.Queue {
	t.Helper()
	q, err := queue.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Logf("Close() = error %v", err)
		}
	})
	return q
}

func publish(t *testing.T, q *queue.Queue, j job.Job) {
	t.Helper()
	if err := q.Publish(t.Context(), j); err != nil {
		t.Fatal(err)
	}
}

// consume starts a consumer and returns what ends it and waits for it.
func consume(t *testing.T, q *queue.Queue, handle job.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- q.Consume(ctx, group, handle) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Consume() = error %v, want nil", err)
		}
	}
}

func newJob(t *testing.T) job.Job {
	t.Helper()
	j, err := job.New("test", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func wantTry(t *testing.T, handed <-chan job.Job, want job.Job, try int) {
	t.Helper()
	select {
	case j := <-handed:
		if j.ID != want.ID || j.Try != try {
			t.Errorf("handed out %s as try %d, want %s as try %d", j.ID, j.Try, want.ID, try)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no job was handed out within 20 s")
	}
}

func wantDead(t *testing.T, q *queue.Queue, want job.Job, tries int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(20 * time.Millisecond) {
		dead, err := q.Dead(t.Context(), group, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(dead) > 0 {
			got := dead[0]
			if got.ID != want.ID || got.Tries != tries || got.Reason == "" || time.Since(got.DiedAt).Abs() > time.Minute {
				t.Errorf("Dead() = %+v, want job %s after %d tries, with a reason and the time", got, want.ID, tries)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the job is not among the dead within 20 s")
		}
	}
}
