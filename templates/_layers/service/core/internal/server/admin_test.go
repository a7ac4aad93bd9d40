package server_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"example.com/app/internal/server"
)

func TestAdmin(t *testing.T) {
	log := make(lines, 10)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- server.Admin(ctx, "127.0.0.1:0", http.HandlerFunc(hello), slog.New(slog.NewTextHandler(log, nil)))
	}()
	addr := log.waitFor(t, `msg="admin listening" addr=(\S+)`)
	if err := server.CheckHealth(t.Context(), "ADMIN_ADDR", addr); err != nil {
		t.Errorf("CheckHealth() = %v, want no error", err)
	}
	if err := server.Admin(t.Context(), addr, nil, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "listen for admins: ") {
		t.Errorf("Admin(an address that is taken) = %v, want that it cannot listen", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Admin() = %v, want no error", err)
	}
	if err := server.CheckHealth(t.Context(), "ADMIN_ADDR", addr); err == nil {
		t.Error("CheckHealth(nobody listens) = nil, want an error")
	}
}
