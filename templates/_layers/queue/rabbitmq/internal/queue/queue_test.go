package queue_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
	"example.com/app/internal/job/jobtest"
	"example.com/app/internal/outage"
	"example.com/app/internal/queue"
)

const group = "mail"

func TestQueue(t *testing.T) {
	t.Parallel()
	jobtest.Run(t, func(t *testing.T, groups []string, r job.Retries) jobtest.Fixture {
		s := newServer(t)
		o := s.options(t, r, groups...)
		return jobtest.Fixture{
			Queue: s.open(t, o),
			Other: func(t *testing.T) job.Queue { return open(t, s.url, o) },
			Doomed: func(t *testing.T) (job.Queue, func()) {
				return open(t, s.proxied, o), s.proxy.Cut
			},
			Spoiled: func(t *testing.T, group string, j job.Job) {
				s.onChannel(t, func(channel *amqp.Channel) {
					err := channel.PublishWithContext(t.Context(), "", s.name+"."+group, true, false, amqp.Publishing{
						MessageId: j.ID.String(), Type: j.Kind, Body: []byte("{"),
					})
					if err != nil {
						t.Fatal(err)
					}
				})
			},
		}
	})
}

func TestQueueAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.proxy.Cut()
	q := open(t, s.proxied, s.options(t, job.Retries{Tries: 1}, group))
	wantAway(t, q)

	left, leave := context.WithCancel(t.Context())
	leave()
	if err := q.Publish(left, newJob(t)); !errors.Is(err, context.Canceled) || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Publish() = error %v for a caller who left, want %v", err, context.Canceled)
	}
}

func TestQueueLost(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	o := s.options(t, job.Retries{Tries: 1}, group)
	s.open(t, o)
	q := open(t, s.proxied, o)
	if err := q.Publish(t.Context(), newJob(t)); err != nil {
		t.Fatal(err)
	}
	s.proxy.Cut()
	wantAway(t, q)
	s.proxy.Restore()
	if err := q.Publish(t.Context(), newJob(t)); err != nil {
		t.Errorf("Publish() = error %v after RabbitMQ came back", err)
	}
	if got, err := q.Stats(t.Context(), group); err != nil || got != (job.Stats{Waiting: 2}) {
		t.Errorf("Stats() = %+v, %v, want 2 jobs that wait", got, err)
	}
}

func wantAway(t *testing.T, q *queue.Queue) {
	t.Helper()
	start := time.Now()
	_, deadErr := q.Dead(t.Context(), group, 10)
	_, statsErr := q.Stats(t.Context(), group)
	j := newJob(t)
	for call, err := range map[string]error{
		"Publish": q.Publish(t.Context(), j),
		"Dead":    deadErr,
		"Retry":   q.Retry(t.Context(), group, j.ID),
		"Stats":   statsErr,
	} {
		if !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = error %v while RabbitMQ is away, want %v", call, err, outage.ErrUnavailable)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to notice that RabbitMQ is away, want less", took)
	}
}

func TestConsumeWaitsForRabbitMQ(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	o := s.options(t, job.Retries{Tries: 3, Base: time.Millisecond, Max: time.Millisecond}, group)
	direct := s.open(t, o)
	want := newJob(t)
	publish(t, direct, want)

	s.proxy.Cut()
	handed, finish := make(chan job.Job, 10), make(chan struct{}, 10)
	stop := consume(t, open(t, s.proxied, o), func(_ context.Context, j job.Job) error {
		handed <- j
		<-finish
		return nil
	})
	select {
	case j := <-handed:
		t.Fatalf("handed out %+v while RabbitMQ is away", j)
	case <-time.After(300 * time.Millisecond):
	}
	s.proxy.Restore()
	wantTry(t, handed, want, 1)

	// The end of this try cannot be put on record any more.
	s.proxy.Cut()
	finish <- struct{}{}
	s.proxy.Restore()
	wantTry(t, handed, want, 2)
	finish <- struct{}{}

	again := newJob(t)
	publish(t, direct, again)
	wantTry(t, handed, again, 1)
	finish <- struct{}{}
	stop()
	if got, err := direct.Stats(t.Context(), group); err != nil || got != (job.Stats{}) {
		t.Errorf("Stats() = %+v, %v, want nothing to be left", got, err)
	}
}

// TestVanishedTooOften has a job whose consumers vanish at each try.
func TestVanishedTooOften(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	o := s.options(t, job.Retries{Tries: 2, Base: time.Millisecond, Max: time.Millisecond}, group)
	direct := s.open(t, o)
	want := newJob(t)
	publish(t, direct, want)
	handed, finish := make(chan job.Job, 10), make(chan struct{})
	stop := consume(t, open(t, s.proxied, o), func(_ context.Context, j job.Job) error {
		handed <- j
		<-finish
		return nil
	})
	for try := range 2 {
		wantTry(t, handed, want, try+1)
		s.proxy.Cut()
		s.proxy.Restore()
	}
	wantDead(t, direct, want, 2)
	close(finish)
	stop()
}

// TestDeliveryLimit lets a message vanish more often than RabbitMQ puts up with.
func TestDeliveryLimit(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	q := s.open(t, s.options(t, job.Retries{Tries: 2}, group))
	want := newJob(t)
	publish(t, q, want)
	s.onChannel(t, func(channel *amqp.Channel) {
		for {
			delivery, ok, err := channel.Get(s.name+"."+group, false)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return
			}
			if err := delivery.Reject(true); err != nil {
				t.Fatal(err)
			}
		}
	})
	wantDead(t, q, want, 21)
}

func TestOpenHidesPassword(t *testing.T) {
	for _, bad := range []string{"amqp://user:s3cret@host:port/", "http://user:s3cret@host", "amqp://user:s3cret%@host"} {
		_, err := queue.Open(bad, queue.Options{})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(bad URL) = error %v, want one without the password", err)
		}
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("nobody", "s3cret")
	q := open(t, u.String(), queue.Options{Groups: []string{group}, Name: s.name})
	err = q.Publish(t.Context(), newJob(t))
	if err == nil || errors.Is(err, outage.ErrUnavailable) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Publish() = error %v, want one that does not go by itself, without the password", err)
	}
}
