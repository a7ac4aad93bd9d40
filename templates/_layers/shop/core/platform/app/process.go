package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"example.com/app/internal/errortracking"
	"example.com/app/internal/logging"
	"example.com/app/internal/metrics"
	"example.com/app/internal/server"
	"example.com/app/platform/telemetry"
)

// Process is what every program that serves has.
type Process struct {
	Logger    *slog.Logger
	Telemetry *telemetry.Telemetry
	Metrics   *metrics.Process

	name    string
	base    Base
	server  server.Server
	closers []func(ctx context.Context)
}

// OpenProcess returns what the program with the name has. Close must be called in the end.
func OpenProcess(ctx context.Context, name string, base Base, logs io.Writer) (*Process, error) {
	p := &Process{name: name, base: base, Metrics: metrics.NewProcess(version(base))}
	var err error
	if p.Logger, err = p.openLog(logs); err != nil {
		return nil, err
	}
	p.Telemetry, err = telemetry.Setup(ctx, telemetry.Options{
		Service: name, Version: version(base), Endpoint: base.OTLP, Logger: p.Logger,
	})
	if err != nil {
		p.Close(ctx)
		return nil, err
	}
	p.atEnd("telemetry", p.Telemetry.Shutdown)
	return p, nil
}

func (p *Process) openLog(w io.Writer) (*slog.Logger, error) {
	var more []slog.Handler
	if p.base.SentryDSN != "" {
		environment := "development"
		if p.base.Production {
			environment = "production"
		}
		errs, flush, err := errortracking.Open(p.base.SentryDSN, environment, version(p.base))
		if err != nil {
			return nil, fmt.Errorf("open Sentry: %w", err)
		}
		p.closers = append(p.closers, func(context.Context) { flush(5 * time.Second) })
		more = append(more, errs)
	}
	logger := logging.New(w, p.base.LogLevel, p.base.Production, more...)
	return slog.New(telemetry.LogHandler(logger.Handler())).With(slog.String("service", p.name)), nil
}

// atEnd has Close close something, the newest first.
func (p *Process) atEnd(what string, stop func(context.Context) error) {
	p.closers = append(p.closers, func(ctx context.Context) {
		if err := stop(ctx); err != nil {
			p.Logger.Warn("close failed", slog.String("what", what), slog.Any("error", err))
		}
	})
}

// Close closes everything. It works after ctx is done, too.
func (p *Process) Close(ctx context.Context) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, stop := range slices.Backward(p.closers) {
		stop(ctx)
	}
}

// version returns what the image was built from, or else the commit that the build knows
// of.
func version(base Base) string {
	if base.Version != "" {
		return base.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
