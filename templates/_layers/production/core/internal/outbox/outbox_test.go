package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/outbox"
)

// pile is an outbox in memory.
type pile struct {
	mu   sync.Mutex
	jobs []job.Job
}

func (p *pile) add(j job.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs = append(p.jobs, j)
}

func (p *pile) Forward(ctx context.Context, limit int, publish outbox.Publish) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(limit, len(p.jobs))
	if n == 0 {
		return 0, nil
	}
	if err := publish(ctx, p.jobs[:n]...); err != nil {
		return 0, err
	}
	p.jobs = p.jobs[n:]
	return n, nil
}

func newJob(t *testing.T) job.Job {
	t.Helper()
	j, err := job.New("test.kind", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// run runs a relay in a bubble of its own until check returns.
func run(t *testing.T, store outbox.Store, publish outbox.Publish, check func(published *atomic.Int32)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var published atomic.Int32
		relay := &outbox.Relay{
			Store: store, Publish: publish, Idle: time.Second,
			Logger: slog.New(slog.DiscardHandler), Observed: func(n int) { published.Add(int32(n)) },
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- relay.Run(ctx) }()
		synctest.Wait()
		check(&published)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
}

func TestRelayEmptiesTheOutboxAtOnce(t *testing.T) {
	store := new(pile)
	var want []uuid.UUID
	for range 250 {
		j := newJob(t)
		store.add(j)
		want = append(want, j.ID)
	}
	var (
		mu  sync.Mutex
		got []uuid.UUID
	)
	publish := func(_ context.Context, jobs ...job.Job) error {
		mu.Lock()
		defer mu.Unlock()
		for _, j := range jobs {
			got = append(got, j.ID)
		}
		return nil
	}
	seen := func() []uuid.UUID {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
	run(t, store, publish, func(published *atomic.Int32) {
		if all := seen(); !slices.Equal(all, want) || int(published.Load()) != len(want) {
			t.Errorf("published %d jobs, reported %d, want %d in their order before any time has passed", len(all), published.Load(), len(want))
		}
		store.add(newJob(t))
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(seen()); n != len(want)+1 {
			t.Errorf("published %d jobs a second later, want %d", n, len(want)+1)
		}
	})
}

func TestRelayGoesOnAfterAnOutage(t *testing.T) {
	store := &pile{jobs: []job.Job{newJob(t)}}
	var (
		back  atomic.Bool
		tries atomic.Int32
	)
	publish := func(context.Context, ...job.Job) error {
		tries.Add(1)
		if !back.Load() {
			return errors.New("away")
		}
		return nil
	}
	run(t, store, publish, func(published *atomic.Int32) {
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := tries.Load(); n < 5 || n > 30 || published.Load() != 0 {
			t.Errorf("%d tries in a minute of outage, %d jobs reported, want some, ever slower, and none", n, published.Load())
		}
		back.Store(true)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := published.Load(); n != 1 {
			t.Errorf("%d jobs published 10s after the outage, want 1", n)
		}
	})
}

// A queue that does not answer does not hold the outbox's transaction open.
func TestRelayGivesUpOnASilentQueue(t *testing.T) {
	store := &pile{jobs: []job.Job{newJob(t)}}
	var took atomic.Int64
	publish := func(ctx context.Context, _ ...job.Job) error {
		start := time.Now()
		<-ctx.Done()
		took.Store(int64(time.Since(start)))
		return ctx.Err()
	}
	run(t, store, publish, func(*atomic.Int32) {
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if d := time.Duration(took.Load()); d != 5*time.Second {
			t.Errorf("the relay gave up after %v, want 5s", d)
		}
	})
}
