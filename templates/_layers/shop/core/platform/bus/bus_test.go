package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"example.com/app/events"
	"example.com/app/internal/outage"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/platform/bus/embedded"
)

const (
	placed   = "order.placed.v1"
	reserve  = "stock.reserve.v1"
	patience = 10 * time.Second
)

func TestConnectHidesPassword(t *testing.T) {
	_, err := bus.Connect("nats://user:s3cret@host:port", bus.Options{Name: "test"})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Connect(bad URL) = error %v, want one without the password", err)
	}
}

func TestPublishTwice(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	first, second := newEvent(t, placed), newEvent(t, placed)
	publish(t, b, first)
	publish(t, b, first, second, first)
	if last, err := b.Last(t.Context()); err != nil || last != 2 {
		t.Errorf("Last() = %d, %v after two events were published again, want 2", last, err)
	}
}

func TestPublishRefused(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	big := newEvent(t, placed)
	big.Data = json.RawMessage(`"` + strings.Repeat("x", 900<<10) + `"`)
	if err := b.Publish(t.Context(), big); err == nil || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Publish(900 KiB) = error %v, want one that no other try can mend", err)
	}
	bad := newEvent(t, "order placed")
	if err := b.Publish(t.Context(), bad); err == nil || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Publish(%q) = error %v, want one that no other try can mend", bad.Type, err)
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	port := freePort(t)
	b := bustest.ConnectTo(t, fmt.Sprintf("nats://127.0.0.1:%d", port)) // while nobody is there
	want := newEvent(t, placed)
	handed := make(chan events.Event, 10)
	var seen sync.Map // as in an inbox: the server may stop before it hears that one was handled
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(_ context.Context, e events.Event) error {
		if _, again := seen.LoadOrStore(e.ID, true); !again {
			handed <- e
		}
		return nil
	}}})
	_, lastErr := b.Last(t.Context())
	_, deadErr := b.Dead(t.Context())
	_, replayErr := b.Replay(t.Context(), 1)
	_, statsErr := b.Stats(t.Context(), "notices")
	for call, err := range map[string]error{
		"Publish": b.Publish(t.Context(), want), "Last": lastErr, "Dead": deadErr, "Replay": replayErr, "Stats": statsErr,
		"ReadUntil": b.ReadUntil(t.Context(), 0, 1, nil, nil),
	} {
		if !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = error %v while the server is away, want %v", call, err, outage.ErrUnavailable)
		}
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if err := b.Publish(left, want); !errors.Is(err, context.Canceled) || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Publish() = error %v for a caller who left, want %v", err, context.Canceled)
	}

	for _, disk := range []string{dir, dir, t.TempDir()} { // the last one is empty
		server := start(t, disk, port)
		want := newEvent(t, placed)
		publishSoon(t, b, want)
		wantEvent(t, handed, want)
		stop(t, server)
	}
}

func newEvent(t *testing.T, eventType string) events.Event {
	t.Helper()
	e, err := events.New("test", eventType, uuid.New(), time.Now(), map[string]int{"n": 1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func publish(t *testing.T, b *bus.Bus, batch ...events.Event) {
	t.Helper()
	if err := b.Publish(t.Context(), batch...); err != nil {
		t.Fatal(err)
	}
}

// publishSoon publishes as an outbox does, until it succeeds.
func publishSoon(t *testing.T, b *bus.Bus, e events.Event) {
	t.Helper()
	await(t, "Publish() = nil after the server came back", func() bool { return b.Publish(t.Context(), e) == nil })
}

// consume starts a consumer, and returns what ends it and waits for it.
func consume(t *testing.T, b *bus.Bus, c bus.Consumer) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- b.Consume(ctx, c) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Consume() = error %v", err)
		}
	})
	t.Cleanup(end)
	return end
}

// wantEvent waits for the event.
func wantEvent(t *testing.T, handed <-chan events.Event, want events.Event) {
	t.Helper()
	select {
	case got := <-handed:
		if got.ID != want.ID || got.Type != want.Type || string(got.Data) != string(want.Data) || !got.Time.Equal(want.Time) {
			t.Errorf("handed out %+v, want %+v", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("%s was not handed out within %v", want.Type, patience)
	}
}

// await waits for what nothing tells of.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !reached(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// wantStats waits until the consumer has no more than that before it.
func wantStats(t *testing.T, b *bus.Bus, consumer string, want bus.Stats) {
	t.Helper()
	var got bus.Stats
	deadline := time.Now().Add(patience)
	for {
		var err error
		if got, err = b.Stats(t.Context(), consumer); err == nil && got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Stats(%s) = %+v, %v, want %+v", consumer, got, err, want)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func start(t *testing.T, dir string, port int) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(dir, port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func stop(t *testing.T, server *embedded.Server) {
	t.Helper()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
}

// freePort returns a port for a server that comes and goes. It is not one of those that
// the system hands out, to whom it may concern, while the server is away.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		listener.Close()
		return port
	}
	t.Fatal("no port is free")
	return 0
}

// raw is a connection that does not keep to any rules of ours.
func raw(t *testing.T, address string) *nats.Conn {
	t.Helper()
	conn, err := nats.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}
