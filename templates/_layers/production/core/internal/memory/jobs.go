package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
)

var _ job.Queue = (*Jobs)(nil)

// jobsAtOnce is how many jobs one Consume has in hand.
const jobsAtOnce = 10

// Jobs is a queue. Who publishes and who consumes must share it.
type Jobs struct {
	retries job.Retries
	groups  map[string]*jobGroup
}

// jobGroup is what a group of consumers has before it.
type jobGroup struct {
	mu      sync.Mutex
	waiting []waitingJob // in the order in which they are due
	dead    []job.Dead
	changed chan struct{} // closed, and replaced, when a job comes
}

type waitingJob struct {
	job.Job           // Try says how often it was handed out
	due     time.Time // of its next try
}

// NewJobs returns a queue without jobs.
func NewJobs(groups []string, r job.Retries) *Jobs {
	q := &Jobs{retries: r, groups: make(map[string]*jobGroup, len(groups))}
	for _, name := range groups {
		q.groups[name] = &jobGroup{changed: make(chan struct{})}
	}
	return q
}

// Publish implements [job.Queue].
func (q *Jobs) Publish(_ context.Context, jobs ...job.Job) error {
	now := time.Now()
	for _, group := range q.groups {
		for _, j := range jobs {
			j.Payload = bytes.Clone(j.Payload)
			j.CreatedAt, j.Try = j.CreatedAt.UTC(), 0
			group.add(waitingJob{Job: j, due: now})
		}
	}
	return nil
}

// Consume implements [job.Queue].
func (q *Jobs) Consume(ctx context.Context, name string, handle job.Handler) error {
	group, err := q.group(name)
	if err != nil {
		return fmt.Errorf("consume jobs: %w", err)
	}
	var inHand sync.WaitGroup
	defer inHand.Wait()
	handleCtx := context.WithoutCancel(ctx)
	free := make(chan struct{}, jobsAtOnce)
	for {
		select {
		case <-ctx.Done():
			return nil
		case free <- struct{}{}:
		}
		j, ok := group.next(ctx)
		if !ok {
			return nil
		}
		inHand.Go(func() {
			defer func() { <-free }()
			group.settle(j, handle.Do(handleCtx, j), q.retries)
		})
	}
}

// Dead implements [job.Queue].
func (q *Jobs) Dead(_ context.Context, name string, limit int) ([]job.Dead, error) {
	group, err := q.group(name)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	group.mu.Lock()
	defer group.mu.Unlock()
	return slices.Clone(group.dead[:min(max(limit, 0), len(group.dead))]), nil
}

// Retry implements [job.Queue].
func (q *Jobs) Retry(_ context.Context, name string, id uuid.UUID) error {
	group, err := q.group(name)
	if err == nil {
		err = group.revive(id)
	}
	if err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	return nil
}

// Stats implements [job.Queue].
func (q *Jobs) Stats(_ context.Context, name string) (job.Stats, error) {
	group, err := q.group(name)
	if err != nil {
		return job.Stats{}, fmt.Errorf("count jobs: %w", err)
	}
	group.mu.Lock()
	defer group.mu.Unlock()
	ready := group.ready(time.Now())
	return job.Stats{Waiting: ready, Retrying: len(group.waiting) - ready, Dead: len(group.dead)}, nil
}

// Close does nothing.
func (*Jobs) Close() error { return nil }

func (q *Jobs) group(name string) (*jobGroup, error) {
	group, ok := q.groups[name]
	if !ok {
		return nil, fmt.Errorf("unknown group %q", name)
	}
	return group, nil
}

func (g *jobGroup) add(j waitingJob) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addLocked(j)
}

func (g *jobGroup) addLocked(j waitingJob) {
	at := g.ready(j.due)
	g.waiting = slices.Insert(g.waiting, at, j)
	close(g.changed)
	g.changed = make(chan struct{})
}

// ready counts the jobs that are due at the time given. The lock must be held.
func (g *jobGroup) ready(at time.Time) int {
	n, _ := slices.BinarySearchFunc(g.waiting, at, func(j waitingJob, at time.Time) int {
		if j.due.After(at) {
			return 1
		}
		return -1
	})
	return n
}

// next waits until a job is due and hands it out. It returns false when ctx is done.
func (g *jobGroup) next(ctx context.Context) (job.Job, bool) {
	for ctx.Err() == nil {
		j, wait, changed := g.take()
		if wait == 0 {
			return j, true
		}
		due := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-due.C:
		}
		due.Stop()
	}
	return job.Job{}, false
}

// take hands out the job that is due, or returns how long to wait for one unless
// something changes before.
func (g *jobGroup) take() (_ job.Job, wait time.Duration, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return job.Job{}, time.Hour, g.changed
	}
	if wait := time.Until(g.waiting[0].due); wait > 0 {
		return job.Job{}, wait, g.changed
	}
	j := g.waiting[0].Job
	g.waiting = slices.Delete(g.waiting, 0, 1)
	j.Try++
	return j, 0, nil
}

// settle decides what becomes of a job whose try ended with err.
func (g *jobGroup) settle(j job.Job, err error, r job.Retries) {
	if err == nil {
		return
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if j.Try < r.Tries && !errors.Is(err, job.ErrHopeless) {
		wait := r.Wait(j.Try, rand.Float64()) //nolint:gosec // G404: when a job is tried again is no secret
		g.addLocked(waitingJob{Job: j, due: now.Add(wait)})
		return
	}
	dead := job.Dead{Job: j, Tries: j.Try, Reason: err.Error(), DiedAt: now.UTC()}
	dead.Try = 0
	g.dead = append(g.dead, dead)
}

func (g *jobGroup) revive(id uuid.UUID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.dead, func(d job.Dead) bool { return d.ID == id })
	if i < 0 {
		return job.ErrNotFound
	}
	revived := g.dead[i].Job
	g.dead = slices.Delete(g.dead, i, i+1)
	g.addLocked(waitingJob{Job: revived, due: time.Now()})
	return nil
}
