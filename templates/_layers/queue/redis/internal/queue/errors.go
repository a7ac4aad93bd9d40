package queue

import (
	"context"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/outage"
	"example.com/app/internal/redis"
)

// hook makes errors that mean that Redis is away outage.ErrUnavailable.
type hook struct{}

var _ goredis.Hook = hook{}

// DialHook implements goredis.Hook.
func (hook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements goredis.Hook.
func (hook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		// ctx may have a deadline of our own, which is not that of the caller.
		err := redis.Cause(context.WithoutCancel(ctx), next(ctx, cmd))
		if err != nil {
			cmd.SetErr(err)
		}
		return err
	}
}

// ProcessPipelineHook implements goredis.Hook.
func (hook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

// cause says what an error of asynq comes down to that means no answer: ctx is done,
// or Redis is away. asynq passes on only the text of what the hook returned.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if left := ctx.Err(); left != nil {
		return fmt.Errorf("%w: %s", left, err.Error())
	}
	if text := err.Error(); strings.Contains(text, outage.ErrUnavailable.Error()) {
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, text)
	}
	return err
}
