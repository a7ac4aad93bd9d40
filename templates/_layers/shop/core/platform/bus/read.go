package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/codes"

	"example.com/app/events"
	"example.com/app/internal/outage"
)

// Position is a place in the log: that of an event which was read. The zero value is before
// the first.
type Position struct {
	Sequence uint64
	EventID  string
}

// ErrTruncated is wrapped by Read's error when the event from which it is to go on is not
// where it was: the server has lost events, and what was made from them is to be made anew.
// Other events may have their numbers by now.
var ErrTruncated = errors.New("bus: the log is not the one that was read")

// Read hands the events of the types to handle, one after the other in the order of the
// log, from after the position given. It ends with the error of ctx when that is
// done, and with the error of handle when that returns one. While the server is away, it
// waits, and goes on after the last event for which handle returned nil.
func (b *Bus) Read(ctx context.Context, after Position, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error {
	for {
		var refused error
		err := b.readOn(ctx, after, types, func(ctx context.Context, sequence uint64, e events.Event) error {
			if refused = b.handleTraced(ctx, sequence, e, handle); refused == nil {
				after = Position{Sequence: sequence, EventID: e.ID}
			}
			return refused
		})
		switch {
		case refused != nil:
			return refused
		case ctx.Err() != nil:
			return ctx.Err()
		case !errors.Is(err, outage.ErrUnavailable):
			return fmt.Errorf("read log: %w", err)
		}
		b.options.Logger.Debug("reader waits for the bus", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryTime):
		}
	}
}

func (b *Bus) readOn(ctx context.Context, after Position, types []string, handle reader) error {
	if err := b.makeStreams(ctx); err != nil {
		return cause(ctx, err)
	}
	if err := b.verify(ctx, after); err != nil {
		return err
	}
	return b.walk(ctx, part{stream: logStream, subjects: subjects(types), after: after.Sequence, until: forever}, b.eventsFor(ctx, handle))
}

// verify returns ErrTruncated when the log has not the event at the position.
func (b *Bus) verify(ctx context.Context, p Position) error {
	if p == (Position{}) {
		return nil
	}
	log, err := b.js.Stream(ctx, logStream)
	if err != nil {
		return cause(ctx, err)
	}
	msg, err := log.GetMsg(ctx, p.Sequence)
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return cause(ctx, err)
	}
	if err == nil {
		if e, err := unwrap(msg.Data); err == nil && e.ID == p.EventID {
			return nil
		}
	}
	return fmt.Errorf("%w: event %s is not number %d", ErrTruncated, p.EventID, p.Sequence)
}

// ReadUntil is Read up to a sequence number, which the newest event must have reached. It
// makes no spans, and ends when the server goes away.
func (b *Bus) ReadUntil(ctx context.Context, after, until uint64, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error {
	var refused error
	err := b.walk(ctx, part{stream: logStream, subjects: subjects(types), after: after, until: until},
		b.eventsFor(ctx, func(ctx context.Context, sequence uint64, e events.Event) error {
			refused = handle(ctx, sequence, e)
			return refused
		}))
	if err == nil || refused != nil {
		return refused
	}
	return fmt.Errorf("read log: %w", err)
}

// Last returns the sequence number of the newest message in the log; 0: there is none.
func (b *Bus) Last(ctx context.Context) (uint64, error) {
	last, err := b.last(ctx, logStream)
	if err != nil {
		return 0, fmt.Errorf("ask for the newest event: %w", err)
	}
	return last, nil
}

func (b *Bus) last(ctx context.Context, stream string) (uint64, error) {
	s, err := b.js.Stream(ctx, stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, cause(ctx, err)
	}
	return s.CachedInfo().State.LastSeq, nil
}

type reader = func(ctx context.Context, sequence uint64, e events.Event) error

// handleTraced makes what handle does part of the trace that the event belongs to.
func (b *Bus) handleTraced(ctx context.Context, sequence uint64, e events.Event, handle reader) error {
	ctx, span := b.startSpan(ctx, b.options.Name, eventPrefix+e.Type, e)
	defer span.End()
	err := handle(ctx, sequence, e)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// eventsFor leaves out what is no event: it will never be one, and more come after it.
func (b *Bus) eventsFor(ctx context.Context, handle reader) func(jetstream.Msg, *jetstream.MsgMetadata) error {
	return func(msg jetstream.Msg, about *jetstream.MsgMetadata) error {
		e, err := unwrap(msg.Data())
		if err != nil {
			b.options.Logger.Error("message in the log is left out", slog.Uint64("sequence", about.Sequence.Stream), slog.Any("error", err))
			return nil
		}
		return handle(ctx, about.Sequence.Stream, e)
	}
}

func subjects(types []string) []string {
	all := make([]string, len(types))
	for i, t := range types {
		all[i] = eventPrefix + t
	}
	return all
}

// part is what walk walks over: messages of a stream with sequence numbers above after,
// up to until.
type part struct {
	stream       string
	subjects     []string // none: all
	after, until uint64
}

// forever is a sequence number that no stream comes to.
const forever = math.MaxUint64

// walk visits the messages in their order, each of them once, and none after an error.
func (b *Bus) walk(ctx context.Context, p part, visit func(msg jetstream.Msg, about *jetstream.MsgMetadata) error) error {
	if p.until <= p.after {
		return nil
	}
	// An ordered consumer notices when the server has left out something.
	consumer, err := b.js.OrderedConsumer(ctx, p.stream, jetstream.OrderedConsumerConfig{
		FilterSubjects:    p.subjects,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       p.after + 1,
		MaxResetAttempts:  1, // for longer it would not notice that ctx is done
		InactiveThreshold: time.Minute,
	})
	if err != nil {
		return cause(ctx, err)
	}
	if p.until < forever && consumer.CachedInfo().NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages()
	if err != nil {
		return cause(ctx, err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return cause(ctx, err)
		}
		about, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("read metadata: %w", err)
		}
		if about.Sequence.Stream > p.until {
			return nil
		}
		if err := visit(msg, about); err != nil {
			return err
		}
		// There may be no message of the subjects that has the number until.
		if about.Sequence.Stream == p.until || p.until < forever && about.NumPending == 0 {
			return nil
		}
	}
}
