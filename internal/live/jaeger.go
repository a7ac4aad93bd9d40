package live

import (
	"context"
	"os"
	"os/exec"
	"testing"
)

// Jaeger keeps traces in memory. It ends with the test.
type Jaeger struct {
	URL  string // of the API
	OTLP string // where spans go, by OTLP over HTTP
}

// StartJaeger returns the server that TEST_JAEGER_URL and TEST_OTLP_ENDPOINT name, or else
// starts the pinned one.
func StartJaeger(t testing.TB) *Jaeger {
	t.Helper()
	if given := os.Getenv("TEST_JAEGER_URL"); given != "" {
		return &Jaeger{URL: given, OTLP: os.Getenv("TEST_OTLP_ENDPOINT")}
	}
	program := Tool(t, "all-in-one")
	query, otlp := "127.0.0.1:"+freePort(t), "127.0.0.1:"+freePort(t)
	newProcess(t, "jaeger", query, t.TempDir(), func() *exec.Cmd {
		return exec.CommandContext(context.Background(), program,
			"--query.http-server.host-port="+query, "--collector.otlp.http.host-port="+otlp,
			// What nobody asks listens somewhere, too.
			"--query.grpc-server.host-port=127.0.0.1:0", "--collector.otlp.grpc.host-port=127.0.0.1:0",
			"--collector.http-server.host-port=127.0.0.1:0", "--collector.grpc-server.host-port=127.0.0.1:0",
			"--admin.http.host-port=127.0.0.1:0")
	})
	return &Jaeger{URL: "http://" + query, OTLP: "http://" + otlp}
}
