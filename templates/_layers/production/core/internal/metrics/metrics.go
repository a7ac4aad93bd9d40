package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/app/internal/job"
)

// Results of a look into a cache.
const (
	hit    = "hit"
	miss   = "miss"
	bypass = "bypass" // the cache did not answer
)

// Decisions of a rate limit.
const (
	allowed = "allowed"
	limited = "limited"
)

// Metrics is what one process exports: what every process does, and how caches, limits
// and jobs fare. All of its methods may be called at the same time.
type Metrics struct {
	*Process

	caches    *prometheus.CounterVec
	limits    *prometheus.CounterVec
	fallbacks prometheus.Counter
	jobs      *prometheus.CounterVec
	jobTimes  *prometheus.HistogramVec
	jobWaits  *prometheus.HistogramVec
	published prometheus.Counter
}

// New returns metrics of a program of the version given.
func New(version string) *Metrics {
	m := &Metrics{
		Process: NewProcess(version),
		caches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cache_requests_total",
			Help: "Looks into a cache: hit, miss, or bypass while it does not answer.",
		}, []string{"cache", "result"}),
		limits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rate_limit_decisions_total",
			Help: "Requests that a rate limit allowed or turned away.",
		}, []string{"policy", "decision"}),
		fallbacks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rate_limit_fallbacks_total",
			Help: "Decisions of the process's own rate limits, while the shared ones do not answer.",
		}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jobs_handled_total",
			Help: "Tries of jobs that ended: done, retried later, or dead.",
		}, []string{"group", "kind", "outcome"}),
		jobTimes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "job_duration_seconds",
			Help:    "Time that one try of a job took.",
			Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"group", "kind"}),
		jobWaits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "job_wait_seconds",
			Help:    "Time from a job's creation to its first try.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600},
		}, []string{"group"}),
		published: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "outbox_published_total",
			Help: "Jobs that were moved from the outbox to the queue.",
		}),
	}
	m.Register(m.caches, m.limits, m.fallbacks, m.jobs, m.jobTimes, m.jobWaits, m.published)
	return m
}

// Cache returns what counts the results of looks into a cache: hit, miss or bypass.
func (m *Metrics) Cache(name string) func(result string) {
	cache := m.caches.MustCurryWith(prometheus.Labels{"cache": name})
	touch(cache, hit, miss, bypass)
	return func(result string) { cache.WithLabelValues(result).Inc() }
}

// Limit counts a decision of a rate limit.
func (m *Metrics) Limit(policy string, ok bool) {
	decisions := m.limits.MustCurryWith(prometheus.Labels{"policy": policy})
	touch(decisions, allowed, limited)
	decision := limited
	if ok {
		decision = allowed
	}
	decisions.WithLabelValues(decision).Inc()
}

// LimitFallback counts a decision of the process's own rate limits, which the shared
// ones should have made.
func (m *Metrics) LimitFallback() { m.fallbacks.Inc() }

// Job counts a try of a job, and how it ended: job.Done, job.Retried or job.Died.
func (m *Metrics) Job(group, kind, outcome string, took time.Duration) {
	outcomes := m.jobs.MustCurryWith(prometheus.Labels{"group": group, "kind": kind})
	touch(outcomes, job.Done, job.Retried, job.Died)
	outcomes.WithLabelValues(outcome).Inc()
	m.jobTimes.WithLabelValues(group, kind).Observe(took.Seconds())
}

// JobWait counts the time from a job's creation to its first try.
func (m *Metrics) JobWait(group string, waited time.Duration) {
	m.jobWaits.WithLabelValues(group).Observe(waited.Seconds())
}

// Published counts jobs that were moved from the outbox to the queue.
func (m *Metrics) Published(n int) { m.published.Add(float64(n)) }

// touch makes counters begin at 0. One that begins at 1 hides its first event from
// every rate.
func touch(counters *prometheus.CounterVec, values ...string) {
	for _, value := range values {
		counters.WithLabelValues(value)
	}
}
