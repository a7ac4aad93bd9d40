package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Stats is what a consumer has before it. It has done all of its work when the first two
// are 0, and none was in vain when all three are.
type Stats struct {
	Waiting int // not yet handed to a process
	InHand  int // handed to a process, or waiting for the next try
	Dead    int // given up
}

// Stats returns what the consumer has before it. One that nobody has begun yet is an error.
func (b *Bus) Stats(ctx context.Context, consumer string) (Stats, error) {
	stats, err := b.stats(ctx, consumer)
	if err != nil {
		return Stats{}, fmt.Errorf("ask about consumer %s: %w", consumer, cause(ctx, err))
	}
	return stats, nil
}

func (b *Bus) stats(ctx context.Context, consumer string) (Stats, error) {
	queue, err := b.js.Consumer(ctx, logStream, consumer)
	if err != nil {
		return Stats{}, err
	}
	letters, err := b.js.Stream(ctx, deadStream)
	if err != nil {
		return Stats{}, err
	}
	info, err := letters.Info(ctx, jetstream.WithSubjectFilter(deadPrefix+consumer+".>"))
	if err != nil {
		return Stats{}, err
	}
	stats := Stats{
		Waiting: int(queue.CachedInfo().NumPending), //nolint:gosec // G115: a count of messages
		InHand:  queue.CachedInfo().NumAckPending,
	}
	for _, n := range info.State.Subjects {
		stats.Dead += int(n) //nolint:gosec // G115: a count of messages
	}
	return stats, nil
}
