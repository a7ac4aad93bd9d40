// Package metrics counts what the programs do, for Prometheus. Its methods are plain
// functions to those that are counted, so that nobody else knows of Prometheus.
package metrics

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Process is what every process exports: its requests, its build, and what the Go
// runtime and the operating system know about it. All of its methods may be called at
// the same time.
type Process struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewProcess returns metrics of a program of the version given.
func NewProcess(version string) *Process {
	p := &Process{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds",
			Help: "Time from a request's header to the end of its answer.",
			// Close together around the goal, 99 of 100 requests within 50 ms.
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight",
			Help: "Requests that are being answered.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "app_build_info",
		Help:        "What the program was built from; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go_version": runtime.Version()},
	})
	build.Set(1)
	p.Register(
		p.requests, p.inFlight, build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return p
}

// Register adds what else the process exports. Nothing may be added twice.
func (p *Process) Register(more ...prometheus.Collector) { p.registry.MustRegister(more...) }

// Handler answers Prometheus.
func (p *Process) Handler() http.Handler {
	return promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{})
}

// Request counts an answered request. Route is the pattern of its path, and empty
// where no route has it.
func (p *Process) Request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "unmatched"
	}
	p.requests.WithLabelValues(known(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

// known keeps clients from making up metrics.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// InFlight returns a handler that counts the requests that next is answering.
func (p *Process) InFlight(next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerInFlight(p.inFlight, next)
}
