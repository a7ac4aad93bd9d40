package main

import (
	"context"
	"flag"
	"fmt"
)

// serve serves until ctx is done, and then until the requests in flight are
// answered.
func (p *program) serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	adminEmail := flags.String("admin", "", "")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *adminEmail != "" && p.cfg.DatabaseURL != "" {
		return fmt.Errorf("%w: -admin is for the memory store; use api admin create", errUsage)
	}
	if p.cfg.JWTSecret == nil {
		p.logger.Warn("JWT_SECRET is not set: tokens are good until this process ends")
	}
	app, err := p.assemble(ctx)
	if err != nil {
		return err
	}
	defer app.close()
	if *adminEmail != "" {
		if err := p.createAdmin(ctx, app.users, *adminEmail, "Admin", ""); err != nil {
			return err
		}
	}
	return app.server.Run(ctx)
}
