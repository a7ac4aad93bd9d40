package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"example.com/app/events"
)

// ErrPermanent is wrapped by a handler's error that no other try can mend: the event
// becomes a dead letter at once.
var ErrPermanent = errors.New("bus: permanent failure")

// Consumer handles events of some types. All processes in which it has the same name
// share its work: each event goes to one of them.
type Consumer struct {
	// Name is of letters, digits and dashes. The server keeps under it what was handled:
	// under a new name, everything in the log comes again.
	Name string
	// Handlers may become more, and begin then with what is published from that moment
	// on. They never become fewer under the same name: see join.
	Handlers Handlers
	// Concurrency is how many events one process has in hand; 0: 8.
	Concurrency int
}

// Handlers are what handles events, by their types.
type Handlers map[string]Handler

// Handler returns nil when the event has had its effect. After an error the event comes
// again, later each time. It may come again after nil, too, and to two processes at once
// when one was cut off: see package inbox. Events come in no order. The context ends after
// 20 s, but not when the program is told to stop.
type Handler func(ctx context.Context, e events.Event) error

// Decoded returns a handler of events whose data is a T. Data that is none will not become
// one, so that the error wraps ErrPermanent.
func Decoded[T any](handle func(ctx context.Context, e events.Event, data T) error) Handler {
	return func(ctx context.Context, e events.Event) error {
		data, err := events.Decode[T](e)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPermanent, err)
		}
		return handle(ctx, e, data)
	}
}

// Types returns the types of the events that c handles.
func (c Consumer) Types() []string { return slices.Sorted(maps.Keys(c.Handlers)) }

// errUnknownType is no permanent failure: while a new version replaces the old, both are
// handed what only the new one handles, and the next try may be its.
var errUnknownType = errors.New("bus: this version handles no such event")

// Handle hands an event to the handler of its type.
func (c Consumer) Handle(ctx context.Context, e events.Event) error {
	handle, ok := c.Handlers[e.Type]
	if !ok {
		return fmt.Errorf("%w: %s", errUnknownType, e.Type)
	}
	return handle(ctx, e)
}

// pullTime is how long the server is asked for one event. A consumer without work takes
// as long to end, and a second more to notice that a connection was lost.
const pullTime = 500 * time.Millisecond

// Consume hands the consumer its events until ctx is done, and returns when those in
// hand are done, too. While the server is away, it waits.
func (b *Bus) Consume(ctx context.Context, c Consumer) error {
	b.metrics.watch(c)
	said := ""
	for ctx.Err() == nil {
		err := b.consume(ctx, c)
		if ctx.Err() == nil && err.Error() != said { // the same again is no news
			said = err.Error()
			b.options.Logger.Warn("consumer waits for the bus", slog.String("consumer", c.Name), slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryTime):
		}
	}
	return nil
}

// consume works until something is wrong with the server, or ctx is done.
func (b *Bus) consume(ctx context.Context, c Consumer) error {
	if err := b.makeStreams(ctx); err != nil {
		return err
	}
	queue, err := b.join(ctx, c)
	if err != nil {
		return fmt.Errorf("make consumer %s: %w", c.Name, err)
	}
	workers, ctx := errgroup.WithContext(ctx)
	for range cmp.Or(c.Concurrency, 8) {
		workers.Go(func() error { return b.work(ctx, c, queue) })
	}
	return workers.Wait()
}

// join returns the server's part of the consumer, which all processes share, and makes it
// where there is none. It adds subjects and takes none away: an older version that connects
// again would otherwise undo what a newer one has added, and what is published meanwhile
// would reach nobody.
func (b *Bus) join(ctx context.Context, c Consumer) (jetstream.Consumer, error) {
	want := append(subjects(c.Types()), retryPrefix+c.Name+".>")
	shared, err := b.js.Consumer(ctx, logStream, c.Name)
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound):
	case err != nil:
		return nil, err
	default:
		have := shared.CachedInfo().Config.FilterSubjects
		missing := slices.DeleteFunc(want, func(s string) bool { return slices.Contains(have, s) })
		if len(missing) == 0 {
			return shared, nil
		}
		want = slices.Concat(have, missing)
	}
	return b.js.CreateOrUpdateConsumer(ctx, logStream, jetstream.ConsumerConfig{
		Durable:        c.Name,
		FilterSubjects: want,
		DeliverPolicy:  jetstream.DeliverAllPolicy, // events may be older than who consumes them
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        b.options.AckWait,
		// The server has no limit of tries: past one it would drop the event in silence.
		MaxDeliver: -1,
		// Nor one of what waits for its next try: it would be in the way of all others.
		MaxAckPending: -1,
	})
}

// work handles one event after the other. Each is asked for only when there is time for
// it, so that none waits here that another process could handle.
func (b *Bus) work(ctx context.Context, c Consumer, queue jetstream.Consumer) error {
	for ctx.Err() == nil {
		// Who has asked waits for the answer even when ctx is done meanwhile: an event
		// that nobody takes would come again only after AckWait.
		msg, err := queue.Next(jetstream.FetchMaxWait(pullTime))
		switch {
		case err == nil:
			b.handle(context.WithoutCancel(ctx), c, msg)
		case !errors.Is(err, nats.ErrTimeout): // which is that there was nothing to do
			return fmt.Errorf("ask for events: %w", err)
		}
	}
	return ctx.Err()
}
