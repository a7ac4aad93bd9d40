//go:build e2e

package live_test

import (
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

// A server that was killed comes back at the same address.
func TestServersComeBack(t *testing.T) {
	t.Run("redis", func(t *testing.T) {
		s := live.OwnRedis(t)
		s.Kill()
		s.Start(t)
		s.Stop()
		s.Start(t)
	})
	t.Run("rabbitmq", func(t *testing.T) {
		s := live.OwnRabbitMQ(t)
		s.Kill()
		s.Start(t)
	})
}
