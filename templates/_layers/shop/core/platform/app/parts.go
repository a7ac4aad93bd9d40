package app

import (
	"context"
	"io"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database"
	"example.com/app/internal/server"
	"example.com/app/platform/bus"
)

// Parts is what a service is assembled from.
type Parts struct {
	*Process
	Config Config
	Bus    *bus.Bus
	Pool   *pgxpool.Pool // nil: the service keeps everything in memory
}

// Open returns the parts of the service with the name. Nothing waits for a server that is
// away. Close must be called in the end.
func Open(ctx context.Context, name string, cfg Config, logs io.Writer) (*Parts, error) {
	process, err := OpenProcess(ctx, name, cfg.Base, logs)
	if err != nil {
		return nil, err
	}
	p := &Parts{Process: process, Config: cfg}
	if err := p.openBus(); err != nil {
		p.Close(ctx)
		return nil, err
	}
	if cfg.DatabaseURL != "" {
		if err := p.openPool(ctx); err != nil {
			p.Close(ctx)
			return nil, err
		}
	}
	return p, nil
}

func (p *Parts) openBus() error {
	connected, err := bus.Connect(p.Config.NATSURL, bus.Options{
		Name: p.name, Replicas: p.Config.Replicas, Logger: p.Logger,
		TracerProvider: p.Telemetry.Provider(),
	})
	if err != nil {
		return err
	}
	p.Bus = connected
	p.Metrics.Register(connected.Collectors()...)
	p.atEnd("bus", func(context.Context) error { return connected.Close() })
	return nil
}

func (p *Parts) openPool(ctx context.Context) error {
	pool, err := database.Open(ctx, p.Config.DatabaseURL, func(c *pgxpool.Config) {
		c.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(p.Telemetry.Provider()), otelpgx.WithDisableAcquireTracer())
	})
	if err != nil {
		return err
	}
	p.Pool = pool
	p.Metrics.Register(poolMetrics(pool)...)
	p.closers = append(p.closers, func(context.Context) { pool.Close() })
	return nil
}

// Consume returns what hands the consumer its events.
func (p *Parts) Consume(c bus.Consumer) server.Task {
	return func(ctx context.Context) error { return p.Bus.Consume(ctx, c) }
}
