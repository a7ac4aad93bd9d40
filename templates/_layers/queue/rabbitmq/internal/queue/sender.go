package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"
)

// errRefused means that RabbitMQ has not taken charge of a message.
var errRefused = errors.New("queue: message refused")

// message is on its way to an exchange, or to a queue when it has no exchange.
type message struct {
	exchange string
	queue    string
	content  amqp.Publishing
}

func persistent(id, kind string, body []byte, headers amqp.Table) amqp.Publishing {
	return amqp.Publishing{
		ContentType:  "application/json",
		DeliveryMode: amqp.Persistent,
		MessageId:    id,
		Type:         kind,
		Headers:      headers,
		Body:         body,
	}
}

// batchSize is how many messages are sent before the first must be confirmed.
const batchSize = 100

// sender publishes messages and waits until they are confirmed.
type sender struct {
	mu       sync.Mutex
	channel  *amqp.Channel
	returned chan amqp.Return
}

func newSender(connection *amqp.Connection) (*sender, error) {
	channel, err := connection.Channel()
	if err != nil {
		return nil, fmt.Errorf("open channel: %w", err)
	}
	if err := channel.Confirm(false); err != nil {
		return nil, fmt.Errorf("ask for confirms: %w", err)
	}
	// It holds a whole batch, so that the library never waits for us.
	returned := channel.NotifyReturn(make(chan amqp.Return, batchSize))
	return &sender{channel: channel, returned: returned}, nil
}

// send returns nil when RabbitMQ has taken charge of all messages. After an error the
// sender is of no use any more: confirms may come that nobody waits for.
func (s *sender) send(ctx context.Context, messages ...message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for batch := range slices.Chunk(messages, batchSize) {
		if err := s.sendBatch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (s *sender) sendBatch(ctx context.Context, batch []message) error {
	confirms := make([]*amqp.DeferredConfirmation, len(batch))
	for i, m := range batch {
		// Mandatory: a message that no queue takes comes back.
		confirm, err := s.channel.PublishWithDeferredConfirmWithContext(ctx, m.exchange, m.queue, true, false, m.content)
		if err != nil {
			return err
		}
		confirms[i] = confirm
	}
	for _, confirm := range confirms {
		taken, err := confirm.WaitContext(ctx)
		switch {
		case err != nil:
			return err
		case !taken && s.channel.IsClosed():
			return amqp.ErrClosed
		case !taken:
			return errRefused
		}
	}
	// What comes back does so before it is confirmed.
	select {
	case back := <-s.returned:
		return fmt.Errorf("%w: exchange %q, queue %q: %s", errRefused, back.Exchange, back.RoutingKey, back.ReplyText)
	default:
		return nil
	}
}
