package live

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Redis is a Redis server, on which the test may do as it likes.
type Redis struct {
	URL string
	*process
}

// StartRedis returns the server that TEST_REDIS_URL names, or else starts the
// program on this machine, with the durability of the generated compose files. It
// ends with the test.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	if given := os.Getenv("TEST_REDIS_URL"); given != "" {
		return &Redis{URL: given}
	}
	return OwnRedis(t)
}

// OwnRedis is StartRedis, but always a server of the test's own, which it may kill.
func OwnRedis(t testing.TB) *Redis {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		missing(t, "redis-server")
	}
	dir, port := t.TempDir(), freePort(t)
	addr := "127.0.0.1:" + port
	return &Redis{
		URL: fmt.Sprintf("redis://%s/0", addr),
		process: newProcess(t, "redis", addr, dir, func() *exec.Cmd {
			return exec.CommandContext(context.Background(), program, "--port", port, "--bind", "127.0.0.1", "--dir", dir,
				"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "volatile-lru")
		}),
	}
}
