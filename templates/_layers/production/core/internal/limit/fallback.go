package limit

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quiet is the time between two warnings that Store does not answer.
const quiet = 10 * time.Second

// Fallback is a Store that asks another one when the first does not answer: while
// the shared store is away, each process limits on its own. Limits that ceased would
// invite whoever brought the store down; limits that let nobody in would be a worse
// outage than the store's.
type Fallback struct {
	Store Store
	Local Store

	// Observed is told of each decision that Local made; nil: nobody is.
	Observed func()
	// Logger is warned that Store does not answer, every ten seconds at most; nil: it
	// is not.
	Logger *slog.Logger

	mu     sync.Mutex
	warned time.Time
}

var _ Store = (*Fallback)(nil)

// Take implements Store.
func (f *Fallback) Take(ctx context.Context, p Policy, key string) (Decision, error) {
	decision, err := f.Store.Take(ctx, p, key)
	if err == nil || ctx.Err() != nil {
		return decision, err
	}
	f.warn(ctx, err)
	if f.Observed != nil {
		f.Observed()
	}
	return f.Local.Take(ctx, p, key)
}

func (f *Fallback) warn(ctx context.Context, err error) {
	if f.Logger == nil {
		return
	}
	f.mu.Lock()
	now := time.Now()
	due := now.Sub(f.warned) >= quiet
	if due {
		f.warned = now
	}
	f.mu.Unlock()
	if due {
		f.Logger.WarnContext(ctx, "each process limits on its own", slog.Any("error", err))
	}
}
