package order

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

// moves counts where checkouts go, for Prometheus.
type moves struct {
	steps    *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMoves() *moves {
	m := &moves{
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "checkout_steps_total",
			Help: "Steps that checkouts have come to, and on the way back why.",
		}, []string{"step", "reason"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "checkout_duration_seconds",
			Help:    "Time from an order to the end of its checkout.",
			Buckets: []float64{0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600},
		}, []string{"step"}),
	}
	// A counter that begins at 1 hides its first event from every rate.
	for _, step := range []checkout.Step{checkout.Reserving, checkout.Paying, checkout.Confirming, checkout.Completed} {
		m.steps.WithLabelValues(string(step), "")
	}
	for _, step := range []checkout.Step{checkout.Refunding, checkout.Releasing, checkout.Cancelled} {
		for _, reason := range checkout.Reasons() {
			m.steps.WithLabelValues(string(step), string(reason))
		}
	}
	return m
}

func (m *moves) count(to checkout.Step, reason checkout.Reason, age time.Duration) {
	m.steps.WithLabelValues(string(to), string(reason)).Inc()
	if to.Over() {
		m.duration.WithLabelValues(string(to)).Observe(age.Seconds())
	}
}

func stuckView(projector *view.Projector) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "view_stuck",
		Help: "1 while this replica cannot write events into the view.",
	}, func() float64 {
		if projector.Stuck() {
			return 1
		}
		return 0
	})
}

func (m *moves) collectors(orders checkout.Store) []prometheus.Collector {
	return []prometheus.Collector{m.steps, m.duration, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "checkout_overdue",
		Help: "Orders whose deadline has passed, up to 1000; -1 while nobody knows.",
	}, func() float64 {
		const most, patience = 1000, 2 * time.Second
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		overdue, err := orders.Overdue(ctx, time.Now(), most)
		if err != nil {
			return -1
		}
		return float64(len(overdue))
	})}
}
