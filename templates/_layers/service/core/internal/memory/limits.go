package memory

import (
	"context"
	"maps"
	"sync"
	"time"

	"example.com/app/internal/limit"
)

// Limits keeps the allowances of one process. The zero value is ready for use.
type Limits struct {
	Now func() time.Time // nil: time.Now

	mu sync.Mutex
	// full holds, for each allowance that something was taken from, when it will be
	// whole again.
	full  map[allowance]time.Time
	takes int // until those that are whole are dropped
}

type allowance struct{ policy, key string }

var _ limit.Store = (*Limits)(nil)

// Take implements limit.Store. It never fails.
func (l *Limits) Take(_ context.Context, p limit.Policy, key string) (limit.Decision, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.drop(now)

	interval := p.Interval()
	most := time.Duration(p.Quota) * interval
	entry := allowance{p.Name, key}
	used := max(0, l.full[entry].Sub(now)) // as the time that it takes to refill
	allowed := used+interval <= most
	if allowed {
		used += interval
		l.full[entry] = now.Add(used)
	}
	left := most - used
	return limit.Decision{Allowed: allowed, Remaining: int(left / interval), Reset: interval - left%interval}, nil
}

// drop forgets the allowances that are whole again. It looks at all of them, and
// therefore only after as many takes.
func (l *Limits) drop(now time.Time) {
	const few = 1000
	if l.takes--; l.takes > 0 {
		return
	}
	if l.full == nil {
		l.full = make(map[allowance]time.Time)
	}
	maps.DeleteFunc(l.full, func(_ allowance, full time.Time) bool { return !full.After(now) })
	l.takes = len(l.full) + few
}

func (l *Limits) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}
