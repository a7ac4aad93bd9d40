package main

import (
	"context"
	"flag"

	"github.com/acme/reservation-api/internal/server"
)

// healthcheck reports whether the server on this machine lives.
func (p *program) healthcheck(ctx context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("healthcheck", flag.ContinueOnError), args); err != nil {
		return err
	}
	return server.CheckHealth(ctx, "HTTP_ADDR", p.cfg.HTTPAddr)
}
