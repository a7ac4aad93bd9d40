package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/acme/reservation-api/internal/limit"
)

// takeScript keeps in KEYS[1] when the allowance will be whole again, in
// microseconds of Redis' own clock, which is the same for every process. ARGV is the
// quota, and the microseconds in which one request is refilled.
const takeScript = `
local quota, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local most = quota * interval
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- What is used, as the time that it takes to refill. It may seem to be more than
-- there is when the clock was set back, or the quota was larger.
local full = tonumber(redis.call('GET', KEYS[1]) or now)
local used = math.min(math.max(full - now, 0), most)

local allowed = 0
if used + interval <= most then
  allowed = 1
  used = used + interval
  redis.call('SET', KEYS[1], string.format('%.0f', now + used), 'PX', math.ceil(used / 1000))
end
local left = most - used
return {allowed, math.floor(left / interval), interval - left % interval}
`

// Limits keeps the allowances that all processes share. An allowance that is whole
// again takes no memory.
type Limits struct {
	client goredis.Scripter
	take   *goredis.Script
}

var _ limit.Store = (*Limits)(nil)

// NewLimits returns limits that are kept under keys that begin with "limit:".
func NewLimits(client goredis.Scripter) *Limits {
	return &Limits{client: client, take: goredis.NewScript(takeScript)}
}

// Take implements limit.Store.
func (l *Limits) Take(ctx context.Context, p limit.Policy, key string) (limit.Decision, error) {
	keys := []string{"limit:" + p.Name + ":" + key}
	reply, err := l.take.Run(ctx, l.client, keys, p.Quota, p.Interval().Microseconds()).Int64Slice()
	if err == nil && len(reply) != 3 {
		err = errors.New("unexpected reply")
	}
	if err != nil {
		return limit.Decision{}, fmt.Errorf("take from limit %s: %w", p.Name, err)
	}
	return limit.Decision{
		Allowed:   reply[0] == 1,
		Remaining: int(reply[1]),
		Reset:     time.Duration(reply[2]) * time.Microsecond,
	}, nil
}
