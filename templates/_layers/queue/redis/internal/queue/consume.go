package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/job"
)

// How often asynq looks for work. It has no way to be told.
const (
	checkNew     = 200 * time.Millisecond
	checkRetries = 500 * time.Millisecond
)

// Consume implements [job.Queue].
//
// While a job is in hand, asynq renews its claim to it every five seconds. The claim
// of a consumer that vanished ends after 30 seconds; 30 more are allowed for clocks
// that differ, and consumers look for such jobs once a minute. So one or two minutes
// pass until its try is counted as failed. A consumer that is cut off from Redis for
// 30 seconds loses its claim too, and the context of the handler is cancelled.
func (q *Queue) Consume(ctx context.Context, group string, handle job.Handler) error {
	if err := q.known(group); err != nil {
		return fmt.Errorf("consume jobs: %w", err)
	}
	// A client of its own: consumers do not use up the connections of publishers.
	client := goredis.NewClient(q.redis)
	defer client.Close()
	client.AddHook(uncancelled{})

	server := asynq.NewServerFromRedisClient(client, asynq.Config{
		Concurrency:              q.options.Concurrency,
		Queues:                   map[string]int{group: 1},
		BaseContext:              func() context.Context { return context.WithoutCancel(ctx) },
		TaskCheckInterval:        checkNew,
		DelayedTaskCheckInterval: checkRetries,
		RetryDelayFunc:           q.delay,
		// It is for the caller to lose patience with the jobs in hand.
		ShutdownTimeout: noTimeout,
		Logger:          logger{q.options.Logger.With(slog.String("group", group))},
		LogLevel:        asynq.WarnLevel,
	})
	var inHand sync.WaitGroup
	if err := server.Start(process(handle, &inHand)); err != nil {
		return fmt.Errorf("consume jobs: %w", err)
	}
	<-ctx.Done()
	server.Shutdown()
	// asynq does not wait for the handler of a job to which it lost its claim.
	inHand.Wait()
	return nil
}

// delay returns how long a job waits after one more try than retried has failed.
// asynq cuts the time of the next try down to a second.
func (q *Queue) delay(retried int, _ error, _ *asynq.Task) time.Duration {
	wait := q.options.Retries.Wait(retried+1, rand.Float64()) //nolint:gosec // G404: when a job is tried again is no secret
	return wait + time.Second - 1
}

// process makes one of asynq's handlers of ours. asynq makes an error of its panic.
func process(handle job.Handler, inHand *sync.WaitGroup) asynq.HandlerFunc {
	return func(ctx context.Context, task *asynq.Task) error {
		inHand.Add(1)
		defer inHand.Done()
		j, err := decode(task.Payload())
		if err != nil {
			return hopeless{err}
		}
		retried, _ := asynq.GetRetryCount(ctx)
		j.Try = retried + 1
		err = handle(ctx, j)
		if errors.Is(err, job.ErrHopeless) {
			return hopeless{err}
		}
		return err
	}
}

func decode(payload []byte) (job.Job, error) {
	var j job.Job
	if err := json.Unmarshal(payload, &j); err != nil {
		return j, fmt.Errorf("decode job: %w", err)
	}
	j.CreatedAt = j.CreatedAt.UTC()
	return j, nil
}

// hopeless is an error after which asynq does not try again. Its text stays as it is.
type hopeless struct{ error }

func (hopeless) Is(target error) bool { return target == asynq.SkipRetry }

func (h hopeless) Unwrap() error { return h.error }

// uncancelled lets commands go on whose context is cancelled. When asynq cannot put
// on record how a try ended, it means to do so a little later, but by then it has
// cancelled the context itself.
type uncancelled struct{ hook }

func (uncancelled) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		return next(context.WithoutCancel(ctx), cmd)
	}
}

// logger passes on what asynq has to say.
type logger struct{ to *slog.Logger }

func (l logger) Debug(args ...any) { l.log(slog.LevelDebug, args) }
func (l logger) Info(args ...any)  { l.log(slog.LevelInfo, args) }
func (l logger) Warn(args ...any)  { l.log(slog.LevelWarn, args) }
func (l logger) Error(args ...any) { l.log(slog.LevelError, args) }
func (l logger) Fatal(args ...any) { l.log(slog.LevelError, args) }

func (l logger) log(level slog.Level, args []any) {
	l.to.Log(context.Background(), level, "asynq", slog.String("text", fmt.Sprint(args...)))
}
