package bus

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what a bus does.
type metrics struct {
	published prometheus.Counter
	handled   *prometheus.CounterVec
	times     *prometheus.HistogramVec

	mu        sync.Mutex
	consumers []string // those of this process
}

func newMetrics() *metrics {
	return &metrics{
		published: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bus_published_total",
			Help: "Events that the bus has stored.",
		}),
		handled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bus_messages_handled_total",
			Help: "Tries of events by outcome: done, retried (it comes again) or dead.",
		}, []string{"consumer", "type", "outcome"}),
		times: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "bus_handle_duration_seconds",
			Help:    "Time that one try of an event took.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20},
		}, []string{"consumer", "type"}),
	}
}

func (m *metrics) observe(d delivery, outcome string, took time.Duration) {
	m.handled.WithLabelValues(d.consumer.Name, d.kind, outcome).Inc()
	m.times.WithLabelValues(d.consumer.Name, d.kind).Observe(took.Seconds())
}

func (m *metrics) watch(c Consumer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.consumers, c.Name) {
		return
	}
	m.consumers = append(m.consumers, c.Name)
	for _, kind := range c.Types() { // a counter that begins at 1 hides its first event from every rate
		for _, outcome := range []string{done, retried, dead} {
			m.handled.WithLabelValues(c.Name, kind, outcome)
		}
	}
}

func (m *metrics) watched() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.consumers)
}

// Collectors returns what Prometheus may know of the bus, and of the consumers of this
// process.
func (b *Bus) Collectors() []prometheus.Collector {
	return []prometheus.Collector{b.metrics.published, b.metrics.handled, b.metrics.times, newBacklog(b)}
}

// backlog asks the server each time that Prometheus asks.
type backlog struct {
	bus                   *Bus
	pending, inHand, dead *prometheus.Desc
}

func newBacklog(b *Bus) *backlog {
	of := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"consumer"}, nil)
	}
	return &backlog{
		bus:     b,
		pending: of("bus_pending", "Events that wait for a consumer."),
		inHand:  of("bus_in_hand", "Events that a consumer has in hand, or that wait for their next try."),
		dead:    of("bus_dead_letters", "Events that a consumer was handed in vain."),
	}
}

// Describe implements prometheus.Collector.
func (l *backlog) Describe(ch chan<- *prometheus.Desc) {
	ch <- l.pending
	ch <- l.inHand
	ch <- l.dead
}

// Collect implements prometheus.Collector. While the server is away there are no values:
// nobody knows them.
func (l *backlog) Collect(ch chan<- prometheus.Metric) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, consumer := range l.bus.metrics.watched() {
		stats, err := l.bus.Stats(ctx, consumer)
		if err != nil {
			continue
		}
		for desc, n := range map[*prometheus.Desc]int{l.pending: stats.Waiting, l.inHand: stats.InHand, l.dead: stats.Dead} {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), consumer)
		}
	}
}
