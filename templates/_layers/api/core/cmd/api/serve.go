package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a request's life, from the first byte to the last. drainTime is what
// requests in flight get once the program is told to stop.
const (
	headerTime  = 5 * time.Second
	readTime    = 15 * time.Second
	requestTime = 10 * time.Second
	writeTime   = 30 * time.Second
	idleTime    = 60 * time.Second
	drainTime   = 20 * time.Second
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

	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", p.cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{
		Handler:           withDeadline(answerHead(app.handler), requestTime),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		ErrorLog:          slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	p.logger.Info("listening", slog.String("addr", listener.Addr().String()))

	select {
	case err := <-stopped:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	p.logger.Info("draining")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = server.Shutdown(drain)
	if stopErr := <-stopped; !errors.Is(stopErr, http.ErrServerClosed) {
		err = errors.Join(err, stopErr)
	}
	if err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	p.logger.Info("stopped")
	return nil
}

// answerHead answers HEAD as GET, of which the server sends no body (RFC 9110,
// 9.3.2): monitors ask so.
func answerHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// withDeadline gives up on a request, with all that is done for it, after d.
func withDeadline(next http.Handler, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), d)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
