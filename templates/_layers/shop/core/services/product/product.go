// Package product is the product service: it says what the shop sells, and keeps the
// stock. It is put together here, from the bottom up.
package product

import (
	"context"
	"fmt"
	"time"

	"example.com/app/internal/env"
	"example.com/app/internal/server"
	"example.com/app/platform/app"
	"example.com/app/platform/identity"
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/services/product/internal/catalog"
	"example.com/app/services/product/internal/httpapi"
	"example.com/app/services/product/internal/listener"
	"example.com/app/services/product/internal/memory"
	"example.com/app/services/product/internal/postgres"
)

// Name of the service.
const Name = catalog.Source

// Program returns the service's command line.
func Program() app.Program {
	return app.Program{
		Name: Name,
		Load: func(getenv func(string) string) (app.Config, error) {
			r := &env.Reader{Getenv: getenv}
			cfg := app.Load(r)
			return cfg, r.Err()
		},
		Migrations: postgres.Migrations,
		Consumers:  []string{listener.Consumer},
		New:        New,
		More: []app.PartsCommand{{
			Name:  "samples",
			Usage: "samples                 put sample products with some stock into the database",
			Run:   putSamples,
		}},
	}
}

// New assembles the service. In memory, it begins with sample products.
func New(ctx context.Context, parts *app.Parts) (app.Service, error) {
	products, unsent := open(parts)
	verifier, err := identity.NewVerifier(parts.Config.GatewayKey, Name, time.Now)
	if err != nil {
		return app.Service{}, err
	}
	if parts.Pool == nil {
		if _, err := addSamples(ctx, products); err != nil {
			return app.Service{}, err
		}
	}
	handler, err := httpapi.New(httpapi.Options{
		Products: products,
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
		parts.Relay(unsent),
		parts.Consume(listener.Stock(products)),
	}}, nil
}

func open(parts *app.Parts) (*catalog.Service, outbox.Store) {
	products := &catalog.Service{Policy: catalog.NewPolicy(), Now: time.Now}
	if parts.Pool == nil {
		unsent := outbox.NewMemory()
		products.Store = memory.NewProducts(unsent)
		return products, unsent
	}
	unsent := outbox.NewPostgres(parts.Pool)
	products.Store = postgres.NewProducts(parts.Pool, unsent)
	return products, unsent
}
