package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/app/internal/job"
)

// scrapeTime is how long what has to be asked may take to answer.
const scrapeTime = 2 * time.Second

// PoolStat is the state of a pool of connections.
type PoolStat struct {
	Idle, Acquired, Max int           // connections
	Waits               int64         // how often somebody found none idle
	Waited              time.Duration // how long all of them waited, together
}

// Pool exports the state of the database's pool, as stat returns it.
func (m *Metrics) Pool(stat func() PoolStat) {
	connections := desc("db_pool_connections", "Connections to the database by state; max is how many there may be.", "state")
	waits := desc("db_pool_waits_total", "How often no connection was idle.")
	waited := desc("db_pool_wait_seconds_total", "Time spent waiting for a connection.")
	m.source(func(_ context.Context, ch chan<- prometheus.Metric) {
		s := stat()
		ch <- gauge(connections, float64(s.Idle), "idle")
		ch <- gauge(connections, float64(s.Acquired), "acquired")
		ch <- gauge(connections, float64(s.Max), "max")
		ch <- counter(waits, float64(s.Waits))
		ch <- counter(waited, s.Waited.Seconds())
	}, connections, waits, waited)
}

// Queue exports how much each group has before it, as stats returns it.
func (m *Metrics) Queue(groups []string, stats func(ctx context.Context, group string) (job.Stats, error)) {
	jobs := desc("queue_jobs", "Jobs in the queue by state.", "group", "state")
	m.source(func(ctx context.Context, ch chan<- prometheus.Metric) {
		for _, group := range groups {
			s, err := stats(ctx, group)
			if err != nil {
				continue
			}
			ch <- gauge(jobs, float64(s.Waiting), group, "waiting")
			ch <- gauge(jobs, float64(s.Retrying), group, "retrying")
			ch <- gauge(jobs, float64(s.Dead), group, "dead")
		}
	}, jobs)
}

// Outbox exports how many jobs are in the outbox, and since when the oldest is there,
// as waiting returns it; zero where there is none.
func (m *Metrics) Outbox(waiting func(ctx context.Context) (jobs int, oldest time.Time, err error)) {
	jobs := desc("outbox_jobs", "Jobs in the outbox, not yet in the queue.")
	age := desc("outbox_oldest_seconds", "Age of the oldest job in the outbox; 0 when it is empty.")
	m.source(func(ctx context.Context, ch chan<- prometheus.Metric) {
		n, oldest, err := waiting(ctx)
		if err != nil {
			return
		}
		var waited time.Duration
		if !oldest.IsZero() {
			waited = max(0, time.Since(oldest))
		}
		ch <- gauge(jobs, float64(n))
		ch <- gauge(age, waited.Seconds())
	}, jobs, age)
}

// Breaker exports whether the circuit to Redis is open.
func (m *Metrics) Breaker(open func() bool) {
	state := desc("redis_breaker_open", "Whether Redis is not asked because it is away: 1 or 0.")
	m.source(func(_ context.Context, ch chan<- prometheus.Metric) {
		value := 0.0
		if open() {
			value = 1
		}
		ch <- gauge(state, value)
	}, state)
}

// source registers what is asked at each scrape. What has no answer is left out of
// that scrape, which does not fail.
func (m *Metrics) source(collect func(context.Context, chan<- prometheus.Metric), descs ...*prometheus.Desc) {
	m.Register(&source{collect: collect, descs: descs})
}

type source struct {
	collect func(context.Context, chan<- prometheus.Metric)
	descs   []*prometheus.Desc
}

var _ prometheus.Collector = (*source)(nil)

// Describe implements prometheus.Collector.
func (s *source) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *source) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	s.collect(ctx, ch)
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func counter(d *prometheus.Desc, value float64) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, value)
}
