package outbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.com/app/events"
	"example.com/app/platform/telemetry"
)

// Memory keeps events in the memory of the process, which it does not outlive.
type Memory struct {
	forwarding sync.Mutex // held by whoever forwards
	mu         sync.Mutex
	waiting    []events.Event
	added      chan struct{}
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty outbox.
func NewMemory() *Memory { return &Memory{added: make(chan struct{}, 1)} }

// Add keeps events of the trace of ctx.
func (m *Memory) Add(ctx context.Context, say ...events.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range say {
		e.TraceParent = telemetry.Inject(ctx)
		m.waiting = append(m.waiting, e)
	}
	wake(m.added)
}

// Forward implements Store.
func (m *Memory) Forward(ctx context.Context, limit int, publish Publish) (int, error) {
	m.forwarding.Lock()
	defer m.forwarding.Unlock()
	m.mu.Lock()
	oldest := slices.Clone(m.waiting[:min(limit, len(m.waiting))])
	m.mu.Unlock()
	if len(oldest) == 0 {
		return 0, nil
	}
	if err := publish(ctx, oldest...); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = slices.Delete(m.waiting, 0, len(oldest))
	return len(oldest), nil
}

// Added implements Store.
func (m *Memory) Added() <-chan struct{} { return m.added }

// Waiting implements Store. It never fails.
func (m *Memory) Waiting(context.Context) (n int, oldest time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) > 0 {
		oldest = m.waiting[0].Time
	}
	return len(m.waiting), oldest, nil
}
