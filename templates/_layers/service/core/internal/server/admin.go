package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Admin serves metrics, health and profiles at addr until ctx is done: what is for
// those who run the program, and nobody else.
func Admin(ctx context.Context, addr string, handler http.Handler, logger *slog.Logger) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for admins: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	logger.Info("admin listening", slog.String("addr", listener.Addr().String()))
	select {
	case err := <-stopped:
		return fmt.Errorf("serve admins: %w", err)
	case <-ctx.Done():
	}
	// Who reads the metrics now still needs what they are about.
	shutdownCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if server.Shutdown(shutdownCtx) != nil {
		err = server.Close()
	}
	if stopErr := <-stopped; !errors.Is(stopErr, http.ErrServerClosed) {
		err = errors.Join(err, stopErr)
	}
	if err != nil {
		return fmt.Errorf("stop serving admins: %w", err)
	}
	return nil
}
