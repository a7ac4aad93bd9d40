package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"

	"example.com/app/internal/outage"
)

const (
	// patience is how many commands in a row get no answer before the circuit opens.
	patience = 5
	// probeAfter is how long it stays open until one command may try again.
	probeAfter = time.Second
)

func newBreaker(logger *slog.Logger) *gobreaker.CircuitBreaker[struct{}] {
	return gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:      probeAfter,
		ReadyToTrip:  func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= patience },
		IsSuccessful: func(err error) bool { return !errors.Is(err, outage.ErrUnavailable) },
		// Clients that leave say nothing about Redis.
		IsExcluded: func(err error) bool {
			return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
		},
		OnStateChange: func(_ string, from, to gobreaker.State) {
			switch {
			case from == gobreaker.StateClosed:
				logger.Warn("redis is away")
			case to == gobreaker.StateClosed:
				logger.Info("redis is back")
			}
		},
	})
}

// hook sends commands through the circuit breaker.
type hook struct {
	breaker *gobreaker.CircuitBreaker[struct{}]
}

var _ goredis.Hook = hook{}

// sending is in the context of a command that has passed the breaker. A new
// connection says hello through the hooks, too, on behalf of the command that needs
// it: it would count twice, and be in its own way while only one may try.
type sending struct{}

// DialHook implements goredis.Hook.
func (h hook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements goredis.Hook.
func (h hook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if ctx.Value(sending{}) != nil {
			return next(ctx, cmd)
		}
		return h.try(ctx, func(ctx context.Context) error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook implements goredis.Hook. Whoever sends a pipeline reads the
// error of each command.
func (h hook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		if ctx.Value(sending{}) != nil {
			return next(ctx, cmds)
		}
		sent := false
		err := h.try(ctx, func(ctx context.Context) error {
			sent = true
			return next(ctx, cmds)
		})
		for _, cmd := range cmds {
			if sent {
				cmd.SetErr(Cause(ctx, cmd.Err()))
			} else {
				cmd.SetErr(err)
			}
		}
		return err
	}
}

func (h hook) try(ctx context.Context, send func(context.Context) error) error {
	_, err := h.breaker.Execute(func() (struct{}, error) {
		err := send(context.WithValue(ctx, sending{}, true))
		return struct{}{}, Cause(ctx, err)
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return fmt.Errorf("%w: %w", outage.ErrUnavailable, err)
	}
	return err
}
