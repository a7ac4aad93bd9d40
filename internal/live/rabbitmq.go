package live

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// RabbitMQ is a RabbitMQ broker, on which the test may do as it likes.
type RabbitMQ struct {
	URL string
	*process
}

// StartRabbitMQ returns the broker that TEST_RABBITMQ_URL names, or else starts the
// program on this machine. It ends with the test.
func StartRabbitMQ(t testing.TB) *RabbitMQ {
	t.Helper()
	if given := os.Getenv("TEST_RABBITMQ_URL"); given != "" {
		return &RabbitMQ{URL: given}
	}
	return OwnRabbitMQ(t)
}

// OwnRabbitMQ is StartRabbitMQ, but always a broker of the test's own, which it may
// kill.
func OwnRabbitMQ(t testing.TB) *RabbitMQ {
	t.Helper()
	program, ok := rabbitProgram()
	if !ok {
		missing(t, "rabbitmq-server")
	}
	dir, err := os.MkdirTemp("", "scaffold-rabbitmq-") //nolint:usetesting // a node's name may not be as long as a test's folder
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port, epmd := freePort(t), freePort(t)
	t.Cleanup(func() { endPortMapper(epmd) })
	addr := "127.0.0.1:" + port
	plugins := filepath.Join(dir, "plugins")
	if err := os.WriteFile(plugins, []byte("[]."), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(),
		"HOME="+dir,
		"RABBITMQ_NODENAME=scaffold"+port+"@localhost",
		"RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
		"RABBITMQ_NODE_PORT="+port,
		"RABBITMQ_DIST_PORT="+freePort(t),
		"ERL_EPMD_PORT="+epmd,
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"RABBITMQ_CONFIG_FILE="+filepath.Join(dir, "none"),
		"RABBITMQ_MNESIA_BASE="+filepath.Join(dir, "data"),
		"RABBITMQ_LOG_BASE="+filepath.Join(dir, "log"),
		"RABBITMQ_PID_FILE="+filepath.Join(dir, "pid"),
		"RABBITMQ_ENABLED_PLUGINS_FILE="+plugins,
	)
	return &RabbitMQ{
		URL: fmt.Sprintf("amqp://guest:guest@%s/", addr),
		process: newProcess(t, "rabbitmq", addr, dir, func() *exec.Cmd {
			cmd := exec.CommandContext(context.Background(), program)
			cmd.Env, cmd.Dir = env, dir
			return cmd
		}),
	}
}

// rabbitProgram finds the script itself: Debian's one on the PATH wants to be root
// and changes to another user.
func rabbitProgram() (string, bool) {
	if _, err := os.Stat("/usr/lib/rabbitmq/bin/rabbitmq-server"); err == nil {
		return "/usr/lib/rabbitmq/bin/rabbitmq-server", true
	}
	path, err := exec.LookPath("rabbitmq-server")
	return path, err == nil
}

// endPortMapper ends Erlang's port mapper, which the broker has started and which
// goes on by itself. It refuses until it has noticed that the broker has ended.
func endPortMapper(port string) {
	for range 100 {
		if exec.CommandContext(context.Background(), "epmd", "-port", port, "-kill").Run() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
