package memory

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"example.com/app/internal/job"
)

// Inbox remembers which jobs were done. The zero value is ready for use.
type Inbox struct {
	mu   sync.Mutex
	jobs map[handled]*inboxEntry
}

type handled struct {
	group string
	id    uuid.UUID
}

type inboxEntry struct {
	mu   sync.Mutex // held while the job is being done
	done bool
}

var _ job.Inbox = (*Inbox)(nil)

// Once implements job.Inbox.
func (i *Inbox) Once(ctx context.Context, group string, id uuid.UUID, do func(context.Context) error) error {
	entry := i.entry(handled{group, id})
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.done {
		return nil
	}
	err := do(ctx)
	entry.done = err == nil
	return err
}

func (i *Inbox) entry(key handled) *inboxEntry {
	i.mu.Lock()
	defer i.mu.Unlock()
	entry, ok := i.jobs[key]
	if !ok {
		if i.jobs == nil {
			i.jobs = make(map[handled]*inboxEntry)
		}
		entry = new(inboxEntry)
		i.jobs[key] = entry
	}
	return entry
}
