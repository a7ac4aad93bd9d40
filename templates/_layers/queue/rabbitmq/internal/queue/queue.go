// Package queue carries jobs over RabbitMQ. A fanout exchange copies each job to a
// queue for each group of consumers; see topology.go for the others. All messages
// are persistent, and what is published counts only when RabbitMQ has confirmed it.
package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
)

var _ job.Queue = (*Queue)(nil)

// Options say what a queue is for. All but the last are required.
type Options struct {
	Groups      []string // each of them gets every job
	Retries     job.Retries
	Concurrency int // how many jobs a Consume has in hand at once
	Logger      *slog.Logger

	Name string // of the exchange, and in front of the queues' names; "jobs" unless set
}

// replyTime is how long a call may take, with connecting if need be.
const replyTime = 10 * time.Second

// Queue is a way to the jobs in RabbitMQ.
type Queue struct {
	url      string
	options  Options
	topology topology

	turn chan struct{} // taken by who uses the link; a mutex that one can stop waiting for
	link *link         // nil until it is needed, and after an error
}

// Open returns a queue in the RabbitMQ with the URL, such as
// amqp://user:password@host:5672/vhost, or amqps:// for TLS. It connects when it is
// used first, so that the program starts while RabbitMQ is away.
func Open(url string, o Options) (*Queue, error) {
	if _, err := amqp.ParseURI(url); err != nil {
		// The library's error quotes the URL, password and all.
		return nil, errors.New("queue URL: must be like amqp://user:password@host:5672/vhost")
	}
	return &Queue{
		url:      url,
		options:  o,
		topology: topology{name: cmp.Or(o.Name, "jobs"), groups: o.Groups, retries: o.Retries},
		turn:     make(chan struct{}, 1),
	}, nil
}

// Close implements [job.Queue].
func (q *Queue) Close() error {
	q.turn <- struct{}{} // a call that is under way ends within replyTime
	defer func() { <-q.turn }()
	if q.link == nil {
		return nil
	}
	err := q.link.close()
	q.link = nil
	if err != nil {
		return fmt.Errorf("close queue: %w", err)
	}
	return nil
}

// Publish implements [job.Queue]. A job that is published again is handed out again.
func (q *Queue) Publish(ctx context.Context, jobs ...job.Job) error {
	messages := make([]message, len(jobs))
	for i, j := range jobs {
		body, err := json.Marshal(j)
		if err != nil {
			return fmt.Errorf("encode job %s: %w", j.ID, err)
		}
		messages[i] = message{exchange: q.topology.name, content: persistent(j.ID.String(), j.Kind, body, nil)}
	}
	if len(messages) == 0 {
		return nil
	}
	err := q.with(ctx, func(ctx context.Context, l *link) error { return l.sender.send(ctx, messages...) })
	if err != nil {
		return fmt.Errorf("publish jobs: %w", err)
	}
	return nil
}

// with lets f use the link. An error of f ends the link: what became of anything
// that was under way is unknown.
func (q *Queue) with(ctx context.Context, f func(context.Context, *link) error) error {
	callCtx, cancel := context.WithTimeout(ctx, replyTime)
	defer cancel()
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-callCtx.Done():
		return cause(ctx, callCtx.Err())
	}
	if q.link != nil && q.link.connection.IsClosed() {
		q.link.abort()
		q.link = nil
	}
	if q.link == nil {
		l, err := connect(callCtx, q.url, q.topology)
		if err != nil {
			return cause(ctx, err)
		}
		q.link = l
	}
	// The library's calls wait for the server, and not for a context.
	stop := context.AfterFunc(callCtx, q.link.abort)
	err := f(callCtx, q.link)
	if !stop() || err != nil {
		q.link.abort()
		q.link = nil
	}
	return cause(ctx, err)
}

func (q *Queue) known(group string) error {
	if !slices.Contains(q.options.Groups, group) {
		return fmt.Errorf("unknown group %q", group)
	}
	return nil
}
