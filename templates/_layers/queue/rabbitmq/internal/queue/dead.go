package queue

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
)

// Dead implements [job.Queue]. To look at messages is to take them and put them
// back: while another process does that, there seem to be fewer.
func (q *Queue) Dead(ctx context.Context, group string, limit int) ([]job.Dead, error) {
	if err := q.known(group); err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	if limit < 1 {
		return nil, nil
	}
	var deliveries []amqp.Delivery
	err := q.with(ctx, func(_ context.Context, l *link) error {
		return l.onChannel(func(channel *amqp.Channel) error {
			return q.eachDead(channel, group, func(delivery amqp.Delivery) bool {
				deliveries = append(deliveries, delivery)
				return len(deliveries) < limit
			})
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	dead := make([]job.Dead, len(deliveries))
	for i, delivery := range deliveries {
		dead[i] = decodeDead(delivery)
	}
	return dead, nil
}

// eachDead takes dead messages from the front, until look returns false. They go back
// to their places when the channel ends.
func (q *Queue) eachDead(channel *amqp.Channel, group string, look func(amqp.Delivery) bool) error {
	for {
		delivery, ok, err := channel.Get(q.topology.dead(group), false)
		if err != nil || !ok || !look(delivery) {
			return err
		}
	}
}

// Retry implements [job.Queue].
func (q *Queue) Retry(ctx context.Context, group string, id uuid.UUID) error {
	if err := q.known(group); err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	found := false
	err := q.with(ctx, func(ctx context.Context, l *link) error {
		return l.onChannel(func(channel *amqp.Channel) error {
			var dead amqp.Delivery
			err := q.eachDead(channel, group, func(delivery amqp.Delivery) bool {
				dead, found = delivery, delivery.MessageId == id.String()
				return !found
			})
			if err != nil || !found {
				return err
			}
			err = l.sender.send(ctx, message{
				queue:   q.topology.ready(group),
				content: persistent(dead.MessageId, dead.Type, dead.Body, nil),
			})
			if err != nil {
				return err
			}
			return dead.Ack(false)
		})
	})
	if err == nil && !found {
		err = job.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	return nil
}

// Stats implements [job.Queue].
func (q *Queue) Stats(ctx context.Context, group string) (job.Stats, error) {
	if err := q.known(group); err != nil {
		return job.Stats{}, fmt.Errorf("count jobs: %w", err)
	}
	var stats job.Stats
	err := q.with(ctx, func(_ context.Context, l *link) error {
		return l.onChannel(func(channel *amqp.Channel) error {
			stats = job.Stats{}
			return q.count(channel, group, &stats)
		})
	})
	if err != nil {
		return job.Stats{}, fmt.Errorf("count jobs: %w", err)
	}
	return stats, nil
}

func (q *Queue) count(channel *amqp.Channel, group string, stats *job.Stats) error {
	add := func(queue string, to *int) error {
		state, err := channel.QueueDeclarePassive(queue, true, false, false, false, nil)
		*to += state.Messages
		return err
	}
	for _, wait := range q.topology.waits(group) {
		if err := add(wait, &stats.Retrying); err != nil {
			return err
		}
	}
	if err := add(q.topology.ready(group), &stats.Waiting); err != nil {
		return err
	}
	return add(q.topology.dead(group), &stats.Dead)
}
