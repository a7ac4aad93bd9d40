package live

import (
	"context"
	"os"
	"os/exec"
	"testing"
)

// StartNATS returns the URL of the NATS server that TEST_NATS_URL names, or else starts
// the pinned one, with JetStream. It ends with the test.
func StartNATS(t testing.TB) (url string) {
	t.Helper()
	if given := os.Getenv("TEST_NATS_URL"); given != "" {
		return given
	}
	program, dir, port := Tool(t, "nats-server"), t.TempDir(), freePort(t)
	newProcess(t, "nats", "127.0.0.1:"+port, dir, func() *exec.Cmd {
		return exec.CommandContext(context.Background(), program, "--addr", "127.0.0.1", "--port", port, "--jetstream", "--store_dir", dir)
	})
	return "nats://127.0.0.1:" + port
}
