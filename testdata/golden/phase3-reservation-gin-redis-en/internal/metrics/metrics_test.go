package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/acme/reservation-api/internal/job"
	"github.com/acme/reservation-api/internal/metrics"
)

// full has everything in it that there is.
func full() *metrics.Metrics {
	m := metrics.New("abc123")
	m.Request(http.MethodGet, "/v1/books/:id", 200, 42*time.Millisecond)
	m.Cache("books")("hit")
	m.Limit("ip", true)
	m.Limit("login", false)
	m.LimitFallback()
	m.Job("mail", "book.lent", job.Done, 30*time.Millisecond)
	m.JobWait("mail", 2*time.Second)
	m.Published(3)
	m.Pool(func() metrics.PoolStat {
		return metrics.PoolStat{Idle: 1, Acquired: 2, Max: 8, Waits: 5, Waited: 1500 * time.Millisecond}
	})
	m.Queue([]string{"mail"}, func(context.Context, string) (job.Stats, error) {
		return job.Stats{Waiting: 4, Retrying: 5, Dead: 6}, nil
	})
	m.Outbox(func(context.Context) (int, time.Time, error) { return 0, time.Time{}, nil })
	m.Breaker(func() bool { return true })
	return m
}

func TestExport(t *testing.T) {
	got := scrape(t, full().Process)
	tests := []struct {
		name string
		line string
	}{
		{"what every process has", `http_request_duration_seconds_count{method="GET",route="/v1/books/:id",status="200"} 1`},
		{"a hit", `cache_requests_total{cache="books",result="hit"} 1`},
		{"no miss", `cache_requests_total{cache="books",result="miss"} 0`},
		{"no bypass", `cache_requests_total{cache="books",result="bypass"} 0`},
		{"an open circuit", `redis_breaker_open 1`},
		{"an allowed request", `rate_limit_decisions_total{decision="allowed",policy="ip"} 1`},
		{"nobody limited by address", `rate_limit_decisions_total{decision="limited",policy="ip"} 0`},
		{"somebody limited at login", `rate_limit_decisions_total{decision="limited",policy="login"} 1`},
		{"a fallback", `rate_limit_fallbacks_total 1`},
		{"a job done", `jobs_handled_total{group="mail",kind="book.lent",outcome="done"} 1`},
		{"no job retried", `jobs_handled_total{group="mail",kind="book.lent",outcome="retried"} 0`},
		{"no job dead", `jobs_handled_total{group="mail",kind="book.lent",outcome="dead"} 0`},
		{"a job's time", `job_duration_seconds_bucket{group="mail",kind="book.lent",le="0.05"} 1`},
		{"a job's wait", `job_wait_seconds_sum{group="mail"} 2`},
		{"jobs waiting", `queue_jobs{group="mail",state="waiting"} 4`},
		{"jobs retrying", `queue_jobs{group="mail",state="retrying"} 5`},
		{"jobs dead", `queue_jobs{group="mail",state="dead"} 6`},
		{"an empty outbox", `outbox_jobs 0`},
		{"nothing old in it", `outbox_oldest_seconds 0`},
		{"jobs published", `outbox_published_total 3`},
		{"idle connections", `db_pool_connections{state="idle"} 1`},
		{"acquired connections", `db_pool_connections{state="acquired"} 2`},
		{"most connections", `db_pool_connections{state="max"} 8`},
		{"waits for the pool", `db_pool_waits_total 5`},
		{"time waited for the pool", `db_pool_wait_seconds_total 1.5`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(got, test.line) {
				t.Errorf("export lacks %s", test.line)
			}
		})
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestNames(t *testing.T) { wantGoodNames(t, scrape(t, full().Process)) }

// Rates need a counter that is there before something happens.
func TestCountersBeginAtZero(t *testing.T) {
	m := metrics.New("")
	m.Cache("books")
	got := scrape(t, m.Process)
	for _, line := range []string{
		`cache_requests_total{cache="books",result="hit"} 0`, `rate_limit_fallbacks_total 0`, `outbox_published_total 0`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("export lacks %s:\n%s", line, got)
		}
	}
}

func TestOutboxAge(t *testing.T) {
	m := metrics.New("")
	m.Outbox(func(context.Context) (int, time.Time, error) { return 2, time.Now().Add(-time.Hour), nil })
	if got := scrape(t, m.Process); !strings.Contains(got, "outbox_jobs 2") || !strings.Contains(got, "outbox_oldest_seconds 3600") {
		t.Errorf("export lacks two jobs of an hour:\n%s", got)
	}
}

// What cannot be reached is left out, and the rest is there.
func TestSourceAway(t *testing.T) {
	away := errors.New("away")
	m := metrics.New("")
	m.Queue([]string{"mail", "other"}, func(ctx context.Context, group string) (job.Stats, error) {
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the queue may take as long as it likes")
		}
		if group == "mail" {
			return job.Stats{}, away
		}
		return job.Stats{Dead: 1}, nil
	})
	m.Outbox(func(context.Context) (int, time.Time, error) { return 0, time.Time{}, away })
	got := scrape(t, m.Process)
	for _, absent := range []string{`queue_jobs{group="mail"`, "outbox_jobs", "outbox_oldest_seconds"} {
		if strings.Contains(got, absent) {
			t.Errorf("export has %s, want it left out:\n%s", absent, got)
		}
	}
	if want := `queue_jobs{group="other",state="dead"} 1`; !strings.Contains(got, want) {
		t.Errorf("export lacks %s:\n%s", want, got)
	}
}
