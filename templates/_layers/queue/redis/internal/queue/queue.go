// Package queue carries jobs over Redis, by the library asynq: each group of
// consumers has a queue of asynq's, and the dead are what it calls archived.
//
// Redis must not forget jobs: let it write them to disk (appendonly yes), and when
// it is full, evict nothing that has no expiry (maxmemory-policy noeviction or
// volatile-…). With appendfsync everysec, a machine that loses power loses what was
// published in the last second.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"example.com/app/internal/job"
)

var _ job.Queue = (*Queue)(nil)

// Options say what a queue is for. All are required.
type Options struct {
	Groups      []string // each of them gets every job
	Retries     job.Retries
	Concurrency int // how many jobs a Consume has in hand at once
	Logger      *slog.Logger
}

const (
	// replyTime is how long one reply of Redis may take.
	replyTime = 2 * time.Second

	// publishTime is how long it may take to publish a job.
	publishTime = 5 * time.Second

	// noTimeout is a timeout that asynq takes for one: without any it would end a
	// job after half an hour.
	noTimeout = 365 * 24 * time.Hour
)

// Queue is a way to the jobs in Redis.
type Queue struct {
	options   Options
	redis     *goredis.Options
	client    *goredis.Client
	publisher *asynq.Client
	inspector *asynq.Inspector
}

// Open returns a queue in the Redis with the URL, such as
// redis://user:password@host:6379/0. It connects when it is used first, so that the
// program starts while Redis is away. Applications that share a server need
// databases of their own.
func Open(url string, o Options) (*Queue, error) {
	options, err := goredis.ParseURL(url)
	if err != nil {
		// The library's error quotes the URL, password and all.
		return nil, errors.New("queue URL: must be like redis://user:password@host:6379/0")
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = replyTime, replyTime, replyTime
	options.DialerRetries = 1
	options.MaxRetries = 1
	// asynq asks again at once when Redis is away. This is all that slows it down.
	options.MinRetryBackoff, options.MaxRetryBackoff = 250*time.Millisecond, 500*time.Millisecond
	options.ContextTimeoutEnabled = true

	// The library writes to stderr what its errors say as well.
	logging.Disable()
	client := goredis.NewClient(options)
	client.AddHook(hook{})
	return &Queue{
		options:   o,
		redis:     options,
		client:    client,
		publisher: asynq.NewClientFromRedisClient(client),
		inspector: asynq.NewInspectorFromRedisClient(client),
	}, nil
}

// Close implements [job.Queue].
func (q *Queue) Close() error {
	if err := q.client.Close(); err != nil {
		return fmt.Errorf("close queue: %w", err)
	}
	return nil
}

// Publish implements [job.Queue]. A job that a group still has before it, dead or
// alive, is not put there again.
func (q *Queue) Publish(ctx context.Context, jobs ...job.Job) error {
	for _, j := range jobs {
		payload, err := json.Marshal(j)
		if err != nil {
			return fmt.Errorf("encode job %s: %w", j.ID, err)
		}
		task := asynq.NewTask(j.Kind, payload)
		for _, group := range q.options.Groups {
			err := q.enqueue(ctx, group, j.ID.String(), task)
			if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
				return fmt.Errorf("publish job %s: %w", j.ID, err)
			}
		}
	}
	return nil
}

func (q *Queue) enqueue(ctx context.Context, group, taskID string, task *asynq.Task) error {
	publishCtx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	_, err := q.publisher.EnqueueContext(publishCtx, task,
		asynq.Queue(group), asynq.TaskID(taskID), asynq.MaxRetry(q.options.Retries.Tries-1), asynq.Timeout(noTimeout))
	return cause(ctx, err)
}

func (q *Queue) known(group string) error {
	if !slices.Contains(q.options.Groups, group) {
		return fmt.Errorf("unknown group %q", group)
	}
	return nil
}
