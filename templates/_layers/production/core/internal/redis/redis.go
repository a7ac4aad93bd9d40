// Package redis keeps what may be lost in Redis: limits, and whatever a cache holds.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/sony/gobreaker/v2"
)

// Times after which Redis is slower than to do without it.
const (
	dialTime  = 500 * time.Millisecond
	replyTime = 250 * time.Millisecond
)

// Client is a client whose circuit opens when Redis is away: from then on commands
// return outage.ErrUnavailable at once, instead of after a timeout each. Errors of
// the connection are outage.ErrUnavailable, too.
type Client struct {
	*goredis.Client

	// Shared is the same for many who ask at once: commands that wait at the same
	// moment travel together, which takes half the work of the processor at both
	// ends. Who is alone waits for nobody.
	Shared *goredis.AutoPipeliner

	breaker *gobreaker.CircuitBreaker[struct{}]
}

// Open returns a client for a URL such as redis://user:password@host:6379/0, or
// rediss:// for TLS. It connects when the first command comes. The URL may set what
// Open would: dial_timeout, read_timeout, pool_size and their like.
func Open(url string, logger *slog.Logger) (*Client, error) {
	options, err := goredis.ParseURL(url)
	if err != nil {
		// The library's error quotes the URL, password and all.
		return nil, errors.New("redis URL: must be like redis://user:password@host:6379/0")
	}
	setDefault(&options.DialTimeout, dialTime)
	setDefault(&options.ReadTimeout, replyTime)
	setDefault(&options.WriteTimeout, replyTime)
	setDefault(&options.PoolTimeout, replyTime)
	options.ContextTimeoutEnabled = true
	// Who calls can do without Redis, and rather does than waits.
	options.MaxRetries = -1
	options.DialerRetries = 1
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}

	// The library writes to stderr what its errors say as well.
	logging.Disable()
	client := &Client{Client: goredis.NewClient(options), breaker: newBreaker(logger)}
	client.AddHook(hook{client.breaker})
	if client.Shared, err = client.AutoPipeline(); err != nil {
		return nil, fmt.Errorf("share redis client: %w", errors.Join(err, client.Close()))
	}
	return client, nil
}

// Open says whether the circuit is open: Redis was away when it was asked last.
func (c *Client) Open() bool { return c.breaker.State() != gobreaker.StateClosed }

// Ready returns nil when Redis answers within a second.
func (c *Client) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := c.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping Redis: %w", err)
	}
	return nil
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}
