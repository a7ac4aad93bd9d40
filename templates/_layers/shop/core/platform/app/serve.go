package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"example.com/app/internal/database"
	"example.com/app/internal/edge"
	"example.com/app/internal/server"
)

// Service is what was assembled from the parts.
type Service struct {
	Handler http.Handler
	Tasks   []server.Task // run beside the server
}

func (p Program) serve(ctx context.Context, _ Env, parts *Parts, args []string) error {
	if err := NoArgs(args); err != nil {
		return err
	}
	if parts.Pool == nil {
		parts.Logger.Warn("DATABASE_URL is not set: everything is kept in memory, and is gone when this process ends")
	} else if err := p.checkSchema(ctx, parts); err != nil {
		return err
	}
	service, err := p.New(ctx, parts)
	if err != nil {
		return err
	}
	return parts.Serve(ctx, service, nil)
}

// Serve serves the service until ctx is done, at the listener or, where that is nil, at
// HTTP_ADDR.
func (p *Parts) Serve(ctx context.Context, service Service, listener net.Listener) error {
	if p.Pool != nil {
		service.Tasks = append(service.Tasks, p.ForgetMessages())
	}
	service.Handler = edge.WithRequestID(p.Telemetry.Handler(service.Handler))
	return p.Process.Serve(ctx, service, listener)
}

// Serve serves until ctx is done, at the listener or, where that is nil, at HTTP_ADDR.
func (p *Process) Serve(ctx context.Context, service Service, listener net.Listener) error {
	p.server.Addr = p.base.HTTPAddr
	p.server.Listener = listener
	p.server.Handler = p.Metrics.InFlight(service.Handler)
	p.server.Logger = p.Logger
	p.server.Goodbye = p.base.ShutdownDelay
	p.server.Tasks = service.Tasks
	if p.base.AdminAddr != "" {
		p.server.Tasks = append(p.server.Tasks, func(ctx context.Context) error {
			return server.Admin(ctx, p.base.AdminAddr, p.Metrics.AdminHandler(), p.Logger)
		})
	}
	return p.server.Run(ctx)
}

// Stopping says whether the program is about to stop.
func (p *Process) Stopping() bool { return p.server.Stopping() }

// Ready returns nil when requests can be served. Its error names what is missing, and no
// address, user or password: everybody can read it. The bus may be away: what a request
// has to tell waits in the outbox.
func (p *Parts) Ready(ctx context.Context) error {
	if p.Stopping() {
		return errors.New("the program is about to stop")
	}
	if p.Pool == nil {
		return nil
	}
	if err := database.Ready(ctx, p.Pool); err != nil {
		p.Logger.WarnContext(ctx, "database is away", slog.Any("error", err))
		return errors.New("the database does not answer")
	}
	return nil
}

// Healthcheck returns the command that asks the program on this machine whether it lives:
// its image holds no other program that could.
func Healthcheck() Command {
	return Command{
		Name:  "healthcheck",
		Usage: "healthcheck             exit with 0 if the server on this machine lives",
		Run: func(ctx context.Context, env Env, args []string) error {
			if err := NoArgs(args); err != nil {
				return err
			}
			return server.CheckHealth(ctx, "ADMIN_ADDR", env.Getenv("ADMIN_ADDR"))
		},
	}
}
