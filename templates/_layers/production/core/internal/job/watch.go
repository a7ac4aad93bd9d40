package job

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// How a try ended.
const (
	Done    = "done"
	Retried = "retried" // it failed, and will be tried again
	Died    = "dead"    // it failed for good
)

// Watcher looks on while jobs are done. All fields are required.
type Watcher struct {
	Retries Retries
	Logger  *slog.Logger
	Waited  func(group string, d time.Duration)                   // from a job's creation to its first try
	Tried   func(group, kind, outcome string, took time.Duration) // after each try
}

// Watch returns a handler that reports how handle fares, and makes an error of
// its panic.
func (w *Watcher) Watch(group string, handle Handler) Handler {
	return func(ctx context.Context, j Job) error {
		start := time.Now()
		if j.Try == 1 {
			w.Waited(group, start.Sub(j.CreatedAt))
		}
		err := handle.Do(ctx, j)
		outcome := w.outcome(j, err)
		w.Tried(group, j.Kind, outcome, time.Since(start))
		w.log(ctx, group, j, outcome, err)
		return err
	}
}

func (w *Watcher) outcome(j Job, err error) string {
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrHopeless) || j.Try >= w.Retries.Tries:
		return Died
	default:
		return Retried
	}
}

func (w *Watcher) log(ctx context.Context, group string, j Job, outcome string, err error) {
	attrs := []slog.Attr{
		slog.String("group", group),
		slog.String("kind", j.Kind),
		slog.String("job_id", j.ID.String()),
		slog.Int("try", j.Try),
	}
	switch outcome {
	case Done:
		w.Logger.LogAttrs(ctx, slog.LevelInfo, "job done", attrs...)
	case Retried:
		w.Logger.LogAttrs(ctx, slog.LevelWarn, "job failed", append(attrs, slog.Any("error", err))...)
	default:
		w.Logger.LogAttrs(ctx, slog.LevelError, "job given up", append(attrs, slog.Any("error", err))...)
	}
}
