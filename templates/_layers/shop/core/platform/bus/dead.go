package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/app/events"
)

// DeadLetter is an event that a consumer was handed in vain.
type DeadLetter struct {
	Sequence uint64 // its number among the dead letters
	Consumer string
	Event    events.Event // no more than its Type where nobody can read it
	Reason   string
	Tries    int
	DiedAt   time.Time
}

// What a dead letter says beside the event.
const (
	reasonHeader = "Dead-Reason"
	triesHeader  = "Dead-Tries"
	maxReason    = 2000
)

// bury makes a dead letter of a message, and only then lets go of it. Who crashes in
// between does so again, under the same id.
func (b *Bus) bury(ctx context.Context, d delivery, reason error) error {
	letter := nats.NewMsg(deadPrefix + d.consumer.Name + "." + d.kind)
	letter.Data = d.Data()
	text := reason.Error()
	letter.Header.Set(reasonHeader, strings.ToValidUTF8(text[:min(len(text), maxReason)], ""))
	letter.Header.Set(triesHeader, strconv.Itoa(d.try))
	if err := b.store(ctx, fmt.Sprintf("%s.%d", d.consumer.Name, d.sequence), letter); err != nil {
		return errors.Join(fmt.Errorf("store dead letter: %w", err), d.NakWithDelay(b.options.MaxDelay))
	}
	return d.Ack()
}

// Dead returns the dead letters of the consumers, or of all where none is named, those
// that died first at the front.
func (b *Bus) Dead(ctx context.Context, consumers ...string) ([]DeadLetter, error) {
	var subjects []string
	for _, name := range consumers {
		subjects = append(subjects, deadPrefix+name+".>")
	}
	last, err := b.last(ctx, deadStream)
	if err != nil || last == 0 {
		return nil, err
	}
	var letters []DeadLetter
	all := part{stream: deadStream, subjects: subjects, until: last}
	err = b.walk(ctx, all, func(msg jetstream.Msg, about *jetstream.MsgMetadata) error {
		consumer, kind, _ := strings.Cut(strings.TrimPrefix(msg.Subject(), deadPrefix), ".")
		letter := DeadLetter{
			Sequence: about.Sequence.Stream,
			Consumer: consumer,
			Reason:   msg.Headers().Get(reasonHeader),
			DiedAt:   about.Timestamp.UTC(),
		}
		letter.Tries, _ = strconv.Atoi(msg.Headers().Get(triesHeader))
		var unreadable error
		if letter.Event, unreadable = unwrap(msg.Data()); unreadable != nil {
			letter.Event.Type = kind
		}
		letters = append(letters, letter)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return letters, nil
}

// ErrNoDeadLetter is wrapped by Replay's error for a number that none has.
var ErrNoDeadLetter = errors.New("bus: no such dead letter")

// Replay hands dead letters to their own consumers again, and to no others, and returns
// how many it did. They are no longer dead letters then, unless they die again.
func (b *Bus) Replay(ctx context.Context, sequences ...uint64) (int, error) {
	for n, sequence := range sequences {
		if err := b.replay(ctx, sequence); err != nil {
			return n, fmt.Errorf("replay dead letter %d: %w", sequence, err)
		}
	}
	return len(sequences), nil
}

func (b *Bus) replay(ctx context.Context, sequence uint64) error {
	stream, err := b.js.Stream(ctx, deadStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return ErrNoDeadLetter
	}
	if err != nil {
		return cause(ctx, err)
	}
	letter, err := stream.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return ErrNoDeadLetter
	}
	if err != nil {
		return cause(ctx, err)
	}
	again := nats.NewMsg(retryPrefix + strings.TrimPrefix(letter.Subject, deadPrefix))
	again.Data = letter.Data
	// Not the event's own id, which the server may know. Whoever crashes before the letter
	// is deleted can replay it again.
	if err := b.store(ctx, fmt.Sprintf("replay.%d", sequence), again); err != nil {
		return err
	}
	err = stream.DeleteMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) { // somebody else has replayed it as well
		return nil
	}
	return cause(ctx, err)
}
