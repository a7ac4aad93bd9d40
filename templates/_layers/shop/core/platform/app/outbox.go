package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/app/internal/server"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
)

const (
	relayIdle = 200 * time.Millisecond
	// inboxLife is how long a message that had its effect is remembered: much longer than
	// the bus tries to deliver one.
	inboxLife  = 7 * 24 * time.Hour
	inboxSweep = time.Hour
	// scrapeTime is how long the database may take to answer for the metrics.
	scrapeTime = 2 * time.Second
)

// Relay returns what brings a service's events from its outbox to the bus.
func (p *Parts) Relay(store outbox.Store) server.Task {
	p.Metrics.Register(outboxMetrics(store)...)
	relay := &outbox.Relay{Store: store, Publish: p.Bus.Publish, Idle: relayIdle, Logger: p.Logger}
	return relay.Run
}

// ForgetMessages returns what keeps the inbox from growing for ever.
func (p *Parts) ForgetMessages() server.Task {
	return func(ctx context.Context) error {
		tick := time.NewTicker(inboxSweep)
		defer tick.Stop()
		for {
			if err := inbox.Forget(ctx, p.Pool, time.Now().Add(-inboxLife)); err != nil && ctx.Err() == nil {
				p.Logger.Warn("inbox is not swept", slog.Any("error", err))
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// outboxMetrics ask the store each time that Prometheus asks.
func outboxMetrics(store outbox.Store) []prometheus.Collector {
	ask := func(read func(n int, oldest time.Time) float64) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
			defer cancel()
			n, oldest, err := store.Waiting(ctx)
			if err != nil {
				return -1
			}
			return read(n, oldest)
		}
	}
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "outbox_events",
			Help: "Events in the outbox, not yet on the bus; -1 while nobody knows.",
		}, ask(func(n int, _ time.Time) float64 { return float64(n) })),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "outbox_oldest_seconds",
			Help: "Age of the oldest event in the outbox; 0 when it is empty, -1 while nobody knows.",
		}, ask(func(n int, oldest time.Time) float64 {
			if n == 0 {
				return 0
			}
			return time.Since(oldest).Seconds()
		})),
	}
}
