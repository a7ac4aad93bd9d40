// Package bustest gives tests a bus of their own.
package bustest

import (
	"log/slog"
	"testing"
	"time"

	"example.com/app/platform/bus"
	"example.com/app/platform/bus/embedded"
)

// Server returns a server that ends with the test.
func Server(tb testing.TB) *embedded.Server {
	tb.Helper()
	server, err := embedded.Start(tb.TempDir(), 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := server.Close(); err != nil {
			tb.Error(err)
		}
	})
	return server
}

// Connect returns a bus with a server of its own. Both end with the test.
func Connect(tb testing.TB) *bus.Bus {
	tb.Helper()
	return ConnectTo(tb, Server(tb).URL())
}

// ConnectTo returns a bus with the server at url. It ends with the test. Tries are few and
// soon; change may say otherwise.
func ConnectTo(tb testing.TB, url string, change ...func(*bus.Options)) *bus.Bus {
	tb.Helper()
	options := bus.Options{
		Name:   "test",
		Logger: slog.New(slog.DiscardHandler),
		Tries:  5, Delay: time.Millisecond, MaxDelay: 50 * time.Millisecond,
		AckWait: time.Second,
	}
	for _, c := range change {
		c(&options)
	}
	connected, err := bus.Connect(url, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := connected.Close(); err != nil {
			tb.Error(err)
		}
	})
	return connected
}
