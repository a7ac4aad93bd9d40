package redis_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/outage"
	"example.com/app/internal/redis"
	"example.com/app/internal/redis/redistest"
)

func TestOpenRefusesWrongURLs(t *testing.T) {
	for _, url := range []string{
		"http://user:s3cret@localhost", "redis://user:s3cret@local host:6379", "redis://user:s3cret@localhost/one",
		"redis://user:s3cret@localhost?pool_size=s3cret", "s3cret",
	} {
		_, err := redis.Open(url, slog.New(slog.DiscardHandler))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(%s) = error %v, want one without the password", url, err)
		}
	}
}

func TestReady(t *testing.T) {
	client, proxy := redistest.Proxied(t)
	if err := client.Ready(t.Context()); err != nil {
		t.Errorf("Ready() = error %v, want none", err)
	}
	proxy.Cut()
	if err := client.Ready(t.Context()); !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Ready() = error %v, want %v", err, outage.ErrUnavailable)
	}
}

func TestCircuitOpensAndCloses(t *testing.T) {
	client, proxy := redistest.Proxied(t)
	ctx := t.Context()
	ping(t, client, nil)
	proxy.Cut()
	for range 5 {
		if client.Open() {
			t.Error("Open() = true before five commands failed")
		}
		ping(t, client, outage.ErrUnavailable)
	}
	if !client.Open() {
		t.Fatal("Open() = false after five commands failed")
	}
	start := time.Now()
	for range 1000 {
		ping(t, client, outage.ErrUnavailable)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("1000 commands took %v, want no wait", took)
	}

	proxy.Restore()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for client.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			t.Fatal("Redis is back for 10s, and the circuit still open")
		case <-retry.C:
		}
	}
	if client.Open() {
		t.Error("Open() = true after a command succeeded")
	}
	ping(t, client, nil)
}

func ping(t *testing.T, client redistest.Client, want error) {
	t.Helper()
	if err := client.Ping(t.Context()).Err(); !errors.Is(err, want) {
		t.Fatalf("Ping() = error %v, want %v", err, want)
	}
}

// What Redis answers, and clients that leave, do not open the circuit.
func TestCircuitStaysClosed(t *testing.T) {
	client := redistest.New(t)
	if err := client.Set(t.Context(), "text", "x", 0).Err(); err != nil {
		t.Fatal(err)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	tests := []struct {
		name string
		call func() error
		want string
	}{
		{"no such key", func() error { return client.Get(t.Context(), "unknown").Err() }, goredis.Nil.Error()},
		{"wrong type", func() error { return client.Incr(t.Context(), "text").Err() }, "ERR value is not an integer"},
		{"a client that left", func() error { return client.Ping(left).Err() }, context.Canceled.Error()},
		{"a client that is late", func() error { return client.Ping(late).Err() }, context.DeadlineExceeded.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 20 {
				if err := test.call(); err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, outage.ErrUnavailable) {
					t.Fatalf("error %v, want %s", err, test.want)
				}
			}
			if client.Open() {
				t.Error("Open() = true, want false")
			}
		})
	}
}

func TestPipeline(t *testing.T) {
	client, proxy := redistest.Proxied(t)
	send := func() (*goredis.StatusCmd, *goredis.StringCmd, error) {
		pipe := client.Pipeline()
		set, get := pipe.Set(t.Context(), "a", "1", 0), pipe.Get(t.Context(), "unknown")
		_, err := pipe.Exec(t.Context())
		return set, get, err
	}
	set, get, err := send()
	if set.Err() != nil || !errors.Is(get.Err(), goredis.Nil) || !errors.Is(err, goredis.Nil) {
		t.Errorf("errors %v, %v and %v, want none, %v and %v", set.Err(), get.Err(), err, goredis.Nil, goredis.Nil)
	}
	proxy.Cut()
	for range 10 { // before the circuit opens, and after
		set, get, err := send()
		for _, err := range []error{set.Err(), get.Err(), err} {
			if !errors.Is(err, outage.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, outage.ErrUnavailable)
			}
		}
	}
	if !client.Open() {
		t.Error("Open() = false, want true")
	}
}

// What a Redis costs that is away, until the circuit opens: little if nobody listens,
// and no second if somebody does who says nothing.
func TestTimeToFail(t *testing.T) {
	tests := []struct {
		name   string
		listen bool
		atMost time.Duration
	}{
		{"nobody listens", false, 300 * time.Millisecond},
		{"nobody answers", true, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close() // without an Accept: the system takes connections by itself
			if !test.listen {
				listener.Close()
			}
			var log bytes.Buffer
			client, err := redis.Open("redis://"+listener.Addr().String(), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			for !client.Open() {
				start := time.Now()
				ping(t, client, outage.ErrUnavailable)
				if took := time.Since(start); took > test.atMost {
					t.Errorf("Ping() took %v, want %v at most", took, test.atMost)
				}
			}
			if !strings.Contains(log.String(), "redis is away") || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("log = %q, want one line", log.String())
			}
		})
	}
}
