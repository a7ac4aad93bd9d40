package server_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/server"
)

// lines is a log that can be waited for.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// waitFor returns the first group of pattern, once the log has it.
func (l lines) waitFor(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	patience := time.After(10 * time.Second)
	for {
		select {
		case line := <-l:
			if found := wanted.FindStringSubmatch(line); found != nil {
				return found[1]
			}
		case <-patience:
			t.Fatalf("the log has no %q", pattern)
		}
	}
}

func TestAdmin(t *testing.T) {
	log := make(lines, 10)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- server.Admin(ctx, "127.0.0.1:0", http.HandlerFunc(hello), slog.New(slog.NewTextHandler(log, nil)))
	}()
	addr := log.waitFor(t, `msg="admin listening" addr=(\S+)`)
	if err := server.CheckHealth(t.Context(), addr); err != nil {
		t.Errorf("CheckHealth() = %v, want no error", err)
	}
	if err := server.Admin(t.Context(), addr, nil, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "listen for admins: ") {
		t.Errorf("Admin(an address that is taken) = %v, want that it cannot listen", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Admin() = %v, want no error", err)
	}
	if err := server.CheckHealth(t.Context(), addr); err == nil {
		t.Error("CheckHealth(nobody listens) = nil, want an error")
	}
}

func TestCheckHealth(t *testing.T) {
	status := http.StatusOK
	asked := ""
	program := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path
		w.WriteHeader(status)
	}))
	defer program.Close()
	_, port, _ := strings.Cut(program.Listener.Addr().String(), ":")
	for _, host := range []string{"127.0.0.1", "", "0.0.0.0", "[::]"} {
		if err := server.CheckHealth(t.Context(), host+":"+port); err != nil || asked != "GET /healthz" {
			t.Errorf("CheckHealth(%s:%s) = %v, asked %s, want no error", host, port, err, asked)
		}
	}
	status = http.StatusInternalServerError
	tests := map[string]string{
		"127.0.0.1:" + port: "GET /healthz: 500",
		"":                  "ADMIN_ADDR is not set",
		port:                "read ADMIN_ADDR",
	}
	for addr, want := range tests {
		if err := server.CheckHealth(t.Context(), addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckHealth(%s) = %v, want it to say %q", addr, err, want)
		}
	}
}
