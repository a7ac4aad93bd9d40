// Package redistest gives each test a Redis database of its own.
package redistest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/proxytest"
	"example.com/app/internal/redis"
)

// EnvURL names the variable with the URL of a server whose databases 1 to 15 are for
// tests, which empty them. Tests skip without it.
const EnvURL = "TEST_REDIS_URL"

const (
	databases = 15
	// leaseTime is when a database is free again whose test did not give it back,
	// because its process was killed.
	leaseTime = 2 * time.Minute
	patience  = time.Minute
)

// Client is what tests are given.
type Client = *redis.Client

// New returns a client of an empty database, which is emptied again after the test.
func New(tb testing.TB) Client {
	tb.Helper()
	return open(tb, database(tb))
}

// Proxied returns a client as New does that reaches Redis through a proxy.
func Proxied(tb testing.TB) (Client, *proxytest.Proxy) {
	tb.Helper()
	u := database(tb)
	proxy := proxytest.New(tb, u.Host)
	u.Host = proxy.Addr()
	return open(tb, u), proxy
}

func open(tb testing.TB, u *url.URL) Client {
	tb.Helper()
	client, err := redis.Open(u.String(), slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

// database returns the URL of a database that nobody else has until the test ends.
// Tests of other packages run at the same time, in processes of their own: who has
// which database is on record in database 0.
func database(tb testing.TB) *url.URL {
	tb.Helper()
	raw := os.Getenv(EnvURL)
	if raw == "" {
		tb.Skip("needs Redis: set " + EnvURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		tb.Fatalf("parse %s: not a URL", EnvURL)
	}
	registry := direct(tb, u, 0)
	number := lease(tb, registry)
	own := direct(tb, u, number)
	empty := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
		defer cancel()
		if err := own.FlushDB(ctx).Err(); err != nil {
			tb.Errorf("empty database %d: %v", number, err)
		}
	}
	empty()
	tb.Cleanup(empty)
	return at(u, number)
}

// lease waits for a database that is free and takes it until the test ends.
func lease(tb testing.TB, registry *goredis.Client) int {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		for number := 1; number <= databases; number++ {
			key := fmt.Sprintf("redistest:database:%d", number)
			err := registry.SetArgs(ctx, key, "taken", goredis.SetArgs{Mode: "NX", TTL: leaseTime}).Err()
			if err == nil {
				tb.Cleanup(func() { giveBack(tb, registry, key) })
				return number
			}
			if !errors.Is(err, goredis.Nil) {
				tb.Fatalf("lease a database of %s: %v", EnvURL, err)
			}
		}
		select {
		case <-ctx.Done():
			tb.Fatalf("no database of %s is free", EnvURL)
		case <-retry.C:
		}
	}
}

func giveBack(tb testing.TB, registry *goredis.Client, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
	defer cancel()
	if err := registry.Del(ctx, key).Err(); err != nil {
		tb.Errorf("give back %s: %v", key, err)
	}
}

// direct returns a client that is patient and goes through no proxy.
func direct(tb testing.TB, u *url.URL, database int) *goredis.Client {
	tb.Helper()
	options, err := goredis.ParseURL(at(u, database).String())
	if err != nil {
		tb.Fatalf("parse %s: not a URL of Redis", EnvURL)
	}
	client := goredis.NewClient(options)
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

func at(u *url.URL, database int) *url.URL {
	other := *u
	other.Path = "/" + strconv.Itoa(database)
	return &other
}
