package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
)

// The pauses between two attempts to connect.
const (
	shortPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// consumerTag names a consumer on its channel, where it is alone.
const consumerTag = "jobs"

var errCancelled = errors.New("queue: consumer was cancelled by the server")

// consumer does the jobs of a group.
type consumer struct {
	*Queue
	group  string
	handle job.Handler
	logger *slog.Logger
	free   chan struct{} // has an element for each job in hand
	inHand sync.WaitGroup
}

// Consume implements [job.Queue].
//
// RabbitMQ hands the job of a consumer that vanished to another one as soon as it
// notices: at once when the process was killed, within half a minute when the
// machine was. It gives up a consumer that has a job in hand for half an hour, too
// (its consumer_timeout).
func (q *Queue) Consume(ctx context.Context, group string, handle job.Handler) error {
	if err := q.known(group); err != nil {
		return fmt.Errorf("consume jobs: %w", err)
	}
	c := &consumer{
		Queue: q, group: group, handle: handle,
		logger: q.options.Logger.With(slog.String("group", group)),
		free:   make(chan struct{}, q.options.Concurrency),
	}
	defer c.inHand.Wait()
	pause := shortPause
	for {
		connected, err := c.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if connected {
			pause = shortPause
		}
		c.logger.LogAttrs(ctx, slog.LevelWarn, "queue is away", slog.Any("error", err), slog.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

// session consumes over one connection, until ctx is done or the connection ends.
func (c *consumer) session(ctx context.Context) (connected bool, err error) {
	connectCtx, cancel := context.WithTimeout(ctx, replyTime)
	defer cancel()
	l, err := connect(connectCtx, c.url, c.topology)
	if err != nil {
		return false, err
	}
	defer l.abort()
	channel, err := l.connection.Channel()
	if err != nil {
		return false, err
	}
	closed := channel.NotifyClose(make(chan *amqp.Error, 1))
	if err := channel.Qos(c.options.Concurrency, 0, false); err != nil {
		return false, err
	}
	deliveries, err := channel.Consume(c.topology.ready(c.group), consumerTag, false, false, false, false, nil)
	if err != nil {
		return false, err
	}
	for {
		select {
		case <-ctx.Done():
			c.drain(ctx, l, channel, deliveries)
			return true, nil
		case delivery, ok := <-deliveries:
			if !ok {
				return true, ending(closed)
			}
			c.start(ctx, l, delivery)
		}
	}
}

// ending says why there are no more deliveries.
func ending(closed <-chan *amqp.Error) error {
	select {
	case err := <-closed:
		if err != nil {
			return err
		}
		return amqp.ErrClosed
	default:
		return errCancelled
	}
}

// drain takes what RabbitMQ has sent already, and waits until it is done: to send
// it back would count as a try.
func (c *consumer) drain(ctx context.Context, l *link, channel *amqp.Channel, deliveries <-chan amqp.Delivery) {
	if err := channel.Cancel(consumerTag, false); err != nil {
		c.logger.LogAttrs(ctx, slog.LevelWarn, "queue is away", slog.Any("error", err))
	}
	for delivery := range deliveries {
		c.start(ctx, l, delivery)
	}
	c.inHand.Wait()
	if err := l.close(); err != nil {
		c.logger.LogAttrs(ctx, slog.LevelWarn, "queue was left without a word", slog.Any("error", err))
	}
}

// start hands out a job. It waits while there are too many in hand, which happens
// when the connection was lost: those of the old one go on.
func (c *consumer) start(ctx context.Context, l *link, delivery amqp.Delivery) {
	c.free <- struct{}{}
	c.inHand.Go(func() {
		defer func() { <-c.free }()
		if err := c.do(context.WithoutCancel(ctx), l, delivery); err != nil {
			// All that the connection has in hand is handed out again.
			l.abort()
			c.logger.LogAttrs(ctx, slog.LevelWarn, "end of a job is not on record",
				slog.String("job_id", delivery.MessageId), slog.Any("error", err))
		}
	})
}

// do does a job and puts on record how that ended.
func (c *consumer) do(ctx context.Context, l *link, delivery amqp.Delivery) error {
	j, err := decode(delivery)
	switch {
	case err != nil:
		err = fmt.Errorf("%w: %w", job.ErrHopeless, err)
	case j.Try > c.options.Retries.Tries:
		j.Try--
		err = fmt.Errorf("%w: %w", job.ErrHopeless, errVanished)
	default:
		err = c.handle.Do(ctx, j)
	}
	if err == nil {
		return delivery.Ack(false)
	}
	sendCtx, cancel := context.WithTimeout(ctx, replyTime)
	defer cancel()
	// A copy goes where the job waits or lies, and only then the original goes away.
	if err := l.sender.send(sendCtx, c.topology.failed(c.group, delivery, j.Try, err)); err != nil {
		return err
	}
	return delivery.Ack(false)
}
