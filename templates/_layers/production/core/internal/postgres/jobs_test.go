package postgres_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/job"
	"example.com/app/internal/job/jobtest"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/storetest"
)

func TestInbox(t *testing.T) {
	jobtest.RunInbox(t, func(t *testing.T) job.Inbox { return postgres.NewInbox(postgrestest.New(t)) })
}

func TestForgetJobs(t *testing.T) {
	pool := postgrestest.New(t)
	inbox := postgres.NewInbox(pool)
	do := func(context.Context) error { return nil }
	if err := inbox.Once(t.Context(), "a", uuid.New(), do); err != nil {
		t.Fatal(err)
	}
	for before, want := range map[time.Time]int64{time.Now().Add(-time.Hour): 0, time.Now().Add(time.Hour): 1} {
		if n, err := inbox.Forget(t.Context(), before); n != want || err != nil {
			t.Errorf("Forget(%v) = %d, %v, want %d", before, n, err, want)
		}
	}
}

// count returns how many rows a table has.
func count(t *testing.T, pool *pgxpool.Pool, table string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// fill puts n jobs into the outbox and returns them in their order.
func fill(t *testing.T, pool *pgxpool.Pool, n int) []job.Job {
	t.Helper()
	jobs := make([]job.Job, n)
	for i := range jobs {
		j, err := job.New("test.kind", i, storetest.Exact(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if err := postgres.NewOutbox(pool).Add(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		jobs[i] = j
	}
	return jobs
}

func same(a, b job.Job) bool {
	return a.ID == b.ID && a.Kind == b.Kind && string(a.Payload) == string(b.Payload) && a.CreatedAt.Equal(b.CreatedAt)
}

func TestOutboxForward(t *testing.T) {
	pool := postgrestest.New(t)
	outbox, jobs := postgres.NewOutbox(pool), fill(t, pool, 5)
	var got []job.Job
	publish := func(_ context.Context, more ...job.Job) error {
		got = append(got, more...)
		return nil
	}
	for _, want := range []int{2, 2, 1, 0} {
		if n, err := outbox.Forward(t.Context(), 2, publish); n != want || err != nil {
			t.Errorf("Forward(2) = %d, %v, want %d", n, err, want)
		}
	}
	if !slices.EqualFunc(got, jobs, same) {
		t.Errorf("published %v, want %v in this order", got, jobs)
	}
	if n := count(t, pool, "outbox"); n != 0 {
		t.Errorf("%d jobs are left, want none", n)
	}
}

func TestOutboxKeepsWhatIsNotPublished(t *testing.T) {
	pool := postgrestest.New(t)
	outbox, jobs := postgres.NewOutbox(pool), fill(t, pool, 1)
	away := errors.New("away")
	_, err := outbox.Forward(t.Context(), 10, func(context.Context, ...job.Job) error { return away })
	if !errors.Is(err, away) {
		t.Errorf("Forward() = error %v, want %v", err, away)
	}
	waiting, oldest, err := outbox.Waiting(t.Context())
	if waiting != 1 || !oldest.Equal(jobs[0].CreatedAt) || err != nil {
		t.Errorf("Waiting() = %d, %v, %v, want 1, %v", waiting, oldest, err, jobs[0].CreatedAt)
	}
}

func TestOutboxIsEmpty(t *testing.T) {
	waiting, oldest, err := postgres.NewOutbox(postgrestest.New(t)).Waiting(t.Context())
	if waiting != 0 || !oldest.IsZero() || err != nil {
		t.Errorf("Waiting() = %d, %v, %v, want 0 and the zero time", waiting, oldest, err)
	}
}

// Of several relays each job goes to one, and none waits for another.
func TestOutboxRace(t *testing.T) {
	pool := postgrestest.New(t)
	outbox, jobs := postgres.NewOutbox(pool), fill(t, pool, 100)
	var (
		mu  sync.Mutex
		got []job.Job
	)
	errs := storetest.Race(4, func(int) error {
		for {
			n, err := outbox.Forward(t.Context(), 7, func(_ context.Context, more ...job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, more...)
				return nil
			})
			if err != nil || n == 0 {
				return err
			}
		}
	})
	for _, err := range errs {
		storetest.WantError(t, "Forward", err, nil)
	}
	slices.SortFunc(got, func(a, b job.Job) int { return slices.Compare(a.ID[:], b.ID[:]) })
	if !slices.EqualFunc(got, jobs, same) {
		t.Errorf("published %d jobs, want each of %d once", len(got), len(jobs))
	}
}
