package redis_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"example.com/app/internal/limit"
	"example.com/app/internal/limit/limittest"
	"example.com/app/internal/outage"
	"example.com/app/internal/redis"
	"example.com/app/internal/redis/redistest"
)

func TestLimits(t *testing.T) {
	limittest.Run(t, func(t *testing.T) limittest.Fixture {
		client := redistest.New(t)
		return limittest.Fixture{
			Store:   redis.NewLimits(client.Shared),
			Replica: redis.NewLimits(client.Shared),
			Advance: func(t *testing.T, d time.Duration) { age(t, client, d) },
		}
	})
}

// age makes all that was taken older by d, as Redis' clock cannot be moved.
func age(t *testing.T, client redistest.Client, d time.Duration) {
	t.Helper()
	ctx := t.Context()
	keys, err := client.Keys(ctx, "limit:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		ttl, err := client.PTTL(ctx, key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if err := client.DecrBy(ctx, key, d.Microseconds()).Err(); err != nil {
			t.Fatal(err)
		}
		if err := client.PExpire(ctx, key, ttl-d).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// An allowance is gone from Redis when it is whole again, and not before.
func TestLimitsEnd(t *testing.T) {
	client := redistest.New(t)
	limits := redis.NewLimits(client.Shared)
	policy := limit.Policy{Name: "ip", Quota: 5, Window: time.Hour}
	for taken := 1; taken <= policy.Quota+1; taken++ {
		if _, err := limits.Take(t.Context(), policy, "ann"); err != nil {
			t.Fatal(err)
		}
		ttl, err := client.PTTL(t.Context(), "limit:ip:ann").Result()
		want := time.Duration(min(taken, policy.Quota)) * 12 * time.Minute
		if err != nil || ttl > want || ttl < want-30*time.Second {
			t.Errorf("TTL after %d requests = %v, %v, want about %v", taken, ttl, err, want)
		}
	}
}

// Neither a clock that was set back nor a quota that has become smaller keeps
// anybody out for longer than one request takes to be refilled.
func TestLimitsOfAnotherTime(t *testing.T) {
	client := redistest.New(t)
	limits := redis.NewLimits(client.Shared)
	later := time.Now().Add(100 * time.Hour).UnixMicro()
	if err := client.Set(t.Context(), "limit:ip:ann", strconv.FormatInt(later, 10), 0).Err(); err != nil {
		t.Fatal(err)
	}
	policy := limit.Policy{Name: "ip", Quota: 5, Window: time.Hour}
	got, err := limits.Take(t.Context(), policy, "ann")
	if want := (limit.Decision{Reset: 12 * time.Minute}); err != nil || got != want {
		t.Errorf("Take() = %+v, %v, want %+v", got, err, want)
	}
}

func TestLimitsOutage(t *testing.T) {
	client, proxy := redistest.Proxied(t)
	limits := redis.NewLimits(client.Shared)
	policy := limit.Policy{Name: "ip", Quota: 5, Window: time.Hour}
	proxy.Cut()
	if _, err := limits.Take(t.Context(), policy, "ann"); !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Take() = error %v, want %v", err, outage.ErrUnavailable)
	}
	proxy.Restore()
	if _, err := limits.Take(t.Context(), policy, "ann"); err != nil {
		t.Errorf("Take() = error %v, want none", err)
	}
}

// The script is sent when Redis does not know it, as after a restart.
func TestLimitsWithoutScript(t *testing.T) {
	client := redistest.New(t)
	limits := redis.NewLimits(client.Shared)
	policy := limit.Policy{Name: "ip", Quota: 5, Window: time.Hour}
	for remaining := 4; remaining > 0; remaining-- {
		got, err := limits.Take(t.Context(), policy, "ann")
		if err != nil || got.Remaining != remaining {
			t.Errorf("Take() = %+v, %v, want %d remaining", got, err, remaining)
		}
		if err := client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
}
