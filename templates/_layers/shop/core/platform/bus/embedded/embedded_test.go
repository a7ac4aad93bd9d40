package embedded_test

import (
	"context"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/platform/bus/embedded"
)

func TestTemporary(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	server := start(t, "")
	publish(t, bustest.ConnectTo(t, server.URL()))
	if left := entries(t); left != 1 {
		t.Errorf("%d folders while the server runs, want 1", left)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if left := entries(t); left != 0 {
		t.Errorf("%d folders after Close(), want none", left)
	}
}

func TestKeeps(t *testing.T) {
	dir := t.TempDir()
	for want := range uint64(2) {
		server := start(t, dir)
		b := bustest.ConnectTo(t, server.URL())
		if got, err := b.Last(t.Context()); err != nil || got != want {
			t.Errorf("Last() = %d, %v, want %d", got, err, want)
		}
		publish(t, b)
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPortTaken(t *testing.T) {
	u, err := url.Parse(start(t, t.TempDir()).URL())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Start(t.TempDir(), port); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("Start(port in use) = error %v, want one that says so", err)
	}
}

func start(t *testing.T, dir string) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func publish(t *testing.T, b *bus.Bus) {
	t.Helper()
	e, err := events.New("test", "order.placed.v1", uuid.New(), time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := b.Publish(ctx, e); err != nil {
		t.Fatal(err)
	}
}

func entries(t *testing.T) int {
	t.Helper()
	found, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}
