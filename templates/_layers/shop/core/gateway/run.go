package gateway

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/app/api"
	"example.com/app/internal/edge"
	"example.com/app/internal/memory"
	"example.com/app/platform/app"
	"example.com/app/platform/identity"
)

// Name of the program.
const Name = "gateway"

// Commands returns what the program does.
func Commands() []app.Command {
	return []app.Command{
		{Name: "serve", Usage: "serve                   serve the shop; what the program alone does", Run: serve},
		{Name: "keys", Usage: "keys                    make a pair of keys: IDENTITY_KEY for the gateway, the public one for the services", Run: keys},
		app.Healthcheck(),
	}
}

func serve(ctx context.Context, env app.Env, args []string) error {
	if err := app.NoArgs(args); err != nil {
		return err
	}
	cfg, err := load(env.Getenv)
	if err != nil {
		return err
	}
	return Serve(ctx, cfg, nil, env.Err)
}

// Serve serves the shop until ctx is done, at the listener or, where that is nil, at
// HTTP_ADDR.
func Serve(ctx context.Context, cfg Config, listener net.Listener, logs io.Writer) error {
	process, err := app.OpenProcess(ctx, Name, cfg.Base, logs)
	if err != nil {
		return err
	}
	defer process.Close(ctx)
	access, err := identity.NewAccess(cfg.JWTSecret, 0, time.Now) // it issues none
	if err != nil {
		return err
	}
	gate, err := identity.NewGate(cfg.Key, time.Now)
	if err != nil {
		return err
	}
	counts := newCounts()
	transport := process.Telemetry.Transport(NewTransport())
	upstream := func(name string, replicas []*url.URL) *Upstream {
		u := NewUpstream(UpstreamOptions{
			Name: name, Replicas: replicas, Transport: transport, Logger: process.Logger, Observed: counts.try,
		})
		process.Metrics.Register(openBreaker(u))
		return u
	}
	handler, err := New(Options{
		User:    upstream("user", cfg.User),
		Product: upstream("product", cfg.Product),
		Order:   upstream("order", cfg.Order),
		Access:  access,
		Gate:    gate,
		Limits: Limits{
			Store: &memory.Limits{Now: time.Now}, IP: cfg.IPLimit, Account: cfg.AccountLimit, LogIn: cfg.LogInLimit,
			Observed: counts.limit,
		},
		Specs:          [][]byte{api.Gateway, api.User, api.Product, api.Order},
		Stopping:       process.Stopping,
		Logger:         process.Logger,
		Observed:       process.Metrics.Request,
		NameSpan:       process.Telemetry.NameSpan,
		TrustedProxies: cfg.TrustedProxies,
	})
	if err != nil {
		return fmt.Errorf("assemble gateway: %w", err)
	}
	process.Metrics.Register(counts.upstream, counts.limits)
	public := edge.New(process.Telemetry.PublicHandler(handler), edge.Options{Production: cfg.Production, Origins: cfg.CORSOrigins})
	return process.Serve(ctx, app.Service{Handler: public}, listener)
}

func keys(_ context.Context, env app.Env, args []string) error {
	if err := app.NoArgs(args); err != nil {
		return err
	}
	seed := make([]byte, identity.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	gate, err := identity.NewGate(seed, time.Now)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "IDENTITY_KEY=%s\nIDENTITY_PUBLIC_KEY=%s\n",
		base64.StdEncoding.EncodeToString(seed), base64.StdEncoding.EncodeToString(gate.PublicKey()))
	return nil
}

// counts is what Prometheus may know.
type counts struct {
	upstream *prometheus.CounterVec
	limits   *prometheus.CounterVec
}

func newCounts() *counts {
	return &counts{
		upstream: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gateway_upstream_tries_total",
			Help: "Requests to services: answered, failed, abandoned by the client, or refused by the circuit breaker. One of a client may be several.",
		}, []string{"upstream", "outcome"}),
		limits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rate_limit_decisions_total",
			Help: "Requests that a rate limit allowed or turned away.",
		}, []string{"policy", "decision"}),
	}
}

func (c *counts) try(upstream, outcome string) { c.upstream.WithLabelValues(upstream, outcome).Inc() }

func (c *counts) limit(policy string, allowed bool) {
	decision := "limited"
	if allowed {
		decision = "allowed"
	}
	c.limits.WithLabelValues(policy, decision).Inc()
}

func openBreaker(u *Upstream) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "gateway_breaker_open",
		Help:        "1 while the circuit breaker turns requests to a service away.",
		ConstLabels: prometheus.Labels{"upstream": u.Name()},
	}, func() float64 {
		if u.Open() {
			return 1
		}
		return 0
	})
}
