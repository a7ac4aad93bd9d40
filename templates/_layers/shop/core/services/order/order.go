// Package order is the order service: it takes orders, leads each through its checkout,
// and tells what became of it. It is put together here, from the bottom up.
package order

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/app/internal/server"
	"example.com/app/platform/app"
	"example.com/app/platform/identity"
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/httpapi"
	"example.com/app/services/order/internal/listener"
	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/payment"
	"example.com/app/services/order/internal/postgres"
	"example.com/app/services/order/internal/view"
)

// Name of the service.
const Name = checkout.Source

// providerTime is how long the payment provider may take to answer.
const providerTime = 5 * time.Second

// Program returns the service's command line.
func Program() app.Program {
	var own Config
	return app.Program{
		Name: Name,
		Load: func(getenv func(string) string) (app.Config, error) {
			common, cfg, err := load(getenv)
			own = cfg
			return common, err
		},
		Migrations: postgres.Migrations,
		Consumers:  []string{listener.Consumer, payment.Consumer},
		New:        func(_ context.Context, parts *app.Parts) (app.Service, error) { return New(parts, own) },
		More: []app.PartsCommand{{
			Name:  "view",
			Usage: "view rebuild            make the read side anew, from the first event on",
			Run:   rebuildView,
		}},
	}
}

// New assembles the service.
func New(parts *app.Parts, cfg Config) (app.Service, error) {
	kept := open(parts)
	verifier, err := identity.NewVerifier(parts.Config.GatewayKey, Name, time.Now)
	if err != nil {
		return app.Service{}, err
	}
	moves := newMoves()
	parts.Metrics.Register(moves.collectors(kept.orders)...)
	policy := checkout.NewPolicy()
	checkouts := &checkout.Service{
		Store:     kept.orders,
		Catalogue: kept.view,
		Saga:      checkout.Saga{Patience: cfg.Patience},
		Policy:    policy,
		Now:       time.Now,
		Logger:    parts.Logger,
		Trace:     parts.Telemetry,
		Moved:     moves.count,
	}
	projector := newProjector(parts, kept.view)
	parts.Metrics.Register(stuckView(projector))
	provider := &payment.HTTP{
		URL:       cfg.PaymentURL,
		Key:       cfg.PaymentKey,
		NotifyURL: cfg.NotifyURL,
		Client:    &http.Client{Transport: parts.Telemetry.Transport(http.DefaultTransport), Timeout: providerTime},
	}
	handler, err := httpapi.New(httpapi.Options{
		Checkouts:     checkouts,
		View:          &view.Service{Store: kept.view, Policy: policy},
		Notifications: &payment.Notifications{Secret: cfg.PaymentSecret, Checkouts: checkouts, Now: time.Now},
		Web: web.Options{
			Identity: verifier,
			Ready:    parts.Ready,
			Logger:   parts.Logger,
			Observed: parts.Metrics.Request,
			NameSpan: parts.Telemetry.NameSpan,
		},
	})
	if err != nil {
		return app.Service{}, fmt.Errorf("assemble HTTP API: %w", err)
	}
	return app.Service{Handler: handler, Tasks: []server.Task{
		parts.Relay(kept.outbox),
		parts.Consume(listener.Stock(checkouts)),
		parts.Consume(payment.Worker(provider, checkouts)),
		projector.Run,
		func(ctx context.Context) error { return checkouts.KeepDeadlines(ctx, cfg.Patience/deadlineLooks) },
	}}, nil
}

// deadlineLooks is how often overdue orders are looked for while one answer is awaited.
const deadlineLooks = 5

// stores is where everything is kept.
type stores struct {
	orders checkout.Store
	view   view.Store
	outbox outbox.Store
}

func open(parts *app.Parts) stores {
	if parts.Pool == nil {
		unsent := outbox.NewMemory()
		return stores{orders: memory.NewOrders(unsent), view: new(memory.View), outbox: unsent}
	}
	unsent := outbox.NewPostgres(parts.Pool)
	return stores{orders: postgres.NewOrders(parts.Pool, unsent), view: postgres.NewView(parts.Pool), outbox: unsent}
}

func newProjector(parts *app.Parts, store view.Store) *view.Projector {
	return &view.Projector{Log: parts.Bus, Store: store, Logger: parts.Logger}
}

func rebuildView(ctx context.Context, env app.Env, parts *app.Parts, args []string) error {
	if len(args) != 1 || args[0] != "rebuild" {
		return fmt.Errorf("%w: view knows only rebuild", app.ErrUsage)
	}
	if parts.Pool == nil {
		return fmt.Errorf("DATABASE_URL is not set: the memory store begins anew with each process")
	}
	n, err := newProjector(parts, postgres.NewView(parts.Pool)).Rebuild(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "rebuilt from %d events\n", n)
	return nil
}
