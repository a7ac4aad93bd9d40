package queue

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
)

// topology is what is declared in RabbitMQ:
//
//	jobs                fanout exchange
//	jobs.GROUP          the jobs of a group that are ready
//	jobs.GROUP.wait.2s  jobs that failed, until their next try: back to jobs.GROUP
//	jobs.GROUP.dead     jobs that were given up
//
// A message expires only when it has come to the front of its queue. So jobs that
// wait longer have a queue of their own: otherwise they were in the way of others.
type topology struct {
	name    string
	groups  []string
	retries job.Retries
}

// deliveryLimit is how often RabbitMQ hands out a message whose consumer vanishes,
// before it moves it to the dead. It is the most that job.Retries allows: usually a
// consumer has given the job up before. It must not follow the retries, because a
// queue that exists cannot be declared with another limit.
const deliveryLimit = 20

func (t topology) ready(group string) string { return t.name + "." + group }
func (t topology) dead(group string) string  { return t.ready(group) + ".dead" }

// wait names the queue for jobs of which so many tries have failed.
func (t topology) wait(group string, tries int) string {
	return fmt.Sprintf("%s.wait.%s", t.ready(group), t.longest(tries))
}

func (t topology) longest(tries int) time.Duration { return t.retries.Wait(tries, 1) }

// waits names all queues of the group whose jobs wait, each once.
func (t topology) waits(group string) []string {
	var names []string
	for tries := 1; tries < t.retries.Tries; tries++ {
		if tries > 1 && t.longest(tries) == t.longest(tries-1) {
			break // the longest wait is reached
		}
		names = append(names, t.wait(group, tries))
	}
	return names
}

func (t topology) declare(channel *amqp.Channel) error {
	if err := channel.ExchangeDeclare(t.name, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
		return fmt.Errorf("declare exchange %s: %w", t.name, err)
	}
	for _, group := range t.groups {
		// A quorum queue would count how often a message was looked at, and drop it
		// in the end.
		if err := declareQueue(channel, t.dead(group), amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeClassic}); err != nil {
			return err
		}
		ready := movingTo(t.dead(group))
		ready["x-delivery-limit"] = deliveryLimit
		if err := declareQueue(channel, t.ready(group), ready); err != nil {
			return err
		}
		for _, wait := range t.waits(group) {
			if err := declareQueue(channel, wait, movingTo(t.ready(group))); err != nil {
				return err
			}
		}
		if err := channel.QueueBind(t.ready(group), "", t.name, false, nil); err != nil {
			return fmt.Errorf("bind queue %s: %w", t.ready(group), err)
		}
	}
	return nil
}

// movingTo are the arguments of a quorum queue that moves messages on to another
// queue, and forgets them only when they are there.
func movingTo(queue string) amqp.Table {
	return amqp.Table{
		amqp.QueueTypeArg:           amqp.QueueTypeQuorum,
		"x-dead-letter-exchange":    "", // the one that knows every queue by its name
		"x-dead-letter-routing-key": queue,
		"x-dead-letter-strategy":    "at-least-once",
		amqp.QueueOverflowArg:       amqp.QueueOverflowRejectPublish, // the strategy asks for it
	}
}

func declareQueue(channel *amqp.Channel, name string, args amqp.Table) error {
	if _, err := channel.QueueDeclare(name, true, false, false, false, args); err != nil {
		return fmt.Errorf("declare queue %s: %w", name, err)
	}
	return nil
}
