package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/app/events"
)

// Publish returns nil once the log has stored all events, in their order. After an error,
// such as outage.ErrUnavailable, those at the front may be stored; whoever publishes the
// same events again, within ten minutes, has each of them stored once.
//
// One is sent when the one before it is stored: were they all under way at once, a server
// that goes away could lose one and have stored the next. There are no spans: the relay,
// who publishes, is not part of the request that the events are about.
func (b *Bus) Publish(ctx context.Context, batch ...events.Event) error {
	for _, e := range batch {
		encoded, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", e.Type, e.ID, err)
		}
		msg := nats.NewMsg(eventPrefix + e.Type)
		msg.Data = encoded
		if err := b.store(ctx, e.ID, msg); err != nil {
			return fmt.Errorf("publish %s %s: %w", e.Type, e.ID, err)
		}
		b.metrics.published.Inc()
	}
	return nil
}

// store returns nil once the server has stored the message, or has done so under the same
// id before. The streams are made by the first who misses them: a server may have lost
// its disk.
func (b *Bus) store(ctx context.Context, id string, msg *nats.Msg) error {
	_, err := b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id), jetstream.WithRetryAttempts(0))
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		if err := b.makeStreams(ctx); err != nil {
			return cause(ctx, err)
		}
		_, err = b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id))
	}
	return cause(ctx, err)
}

// unwrap returns the event in a message. It fails for what nobody can handle.
func unwrap(data []byte) (events.Event, error) {
	var e events.Event
	if err := json.Unmarshal(data, &e); err != nil {
		return events.Event{}, fmt.Errorf("no event: %w", err)
	}
	if e.ID == "" || e.Type == "" {
		return events.Event{}, errors.New("no event: it has no id or no type")
	}
	return e, nil
}
