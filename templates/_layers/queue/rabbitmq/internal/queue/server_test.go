package queue_test

import (
	"crypto/rand"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
	"example.com/app/internal/proxytest"
	"example.com/app/internal/queue"
)

// envURL names the variable with the URL of a RabbitMQ in which tests make queues,
// which they delete. Tests skip without it.
const envURL = "TEST_RABBITMQ_URL"

// server is a RabbitMQ with names of a test's own, and a way to it that can be cut.
type server struct {
	url, proxied string
	proxy        *proxytest.Proxy
	name         string // of the exchange
}

func newServer(t *testing.T) server {
	t.Helper()
	raw := os.Getenv(envURL)
	if raw == "" {
		t.Skip("needs RabbitMQ: set " + envURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatalf("parse %s: not a URL", envURL)
	}
	target := u.Host
	if u.Port() == "" {
		target = net.JoinHostPort(u.Hostname(), "5672")
	}
	s := server{url: raw, proxy: proxytest.New(t, target), name: "test-" + strings.ToLower(rand.Text()[:10])}
	u.Host = s.proxy.Addr()
	s.proxied = u.String()
	return s
}

// deleteAfter deletes the exchange and the queues when the test has ended.
func (s server) deleteAfter(t *testing.T, queues []string) {
	t.Helper()
	t.Cleanup(func() {
		s.onChannel(t, func(channel *amqp.Channel) {
			if err := channel.ExchangeDelete(s.name, false, false); err != nil {
				t.Errorf("delete exchange: %v", err)
			}
			for _, queue := range queues {
				if _, err := channel.QueueDelete(queue, false, false, false); err != nil {
					t.Errorf("delete queue: %v", err)
				}
			}
		})
	})
}

func (s server) onChannel(t *testing.T, f func(*amqp.Channel)) {
	t.Helper()
	connection, err := amqp.Dial(s.url)
	if err != nil {
		t.Fatalf("connect to %s: %v", envURL, err)
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	f(channel)
}

// open opens the queue, and waits until RabbitMQ takes jobs: it refuses them for a
// moment when it has only just declared their queue.
func (s server) open(t *testing.T, o queue.Options) *queue.Queue {
	t.Helper()
	q := open(t, s.url, o)
	if _, err := q.Stats(t.Context(), o.Groups[0]); err != nil {
		t.Fatal(err)
	}
	s.onChannel(t, func(channel *amqp.Channel) {
		if err := channel.Confirm(false); err != nil {
			t.Fatal(err)
		}
		for _, group := range o.Groups {
			ready := s.name + "." + group
			for taken := false; !taken; {
				confirm, err := channel.PublishWithDeferredConfirmWithContext(t.Context(), "", ready, true, false, amqp.Publishing{})
				if err == nil {
					taken, err = confirm.WaitContext(t.Context())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, err := channel.QueuePurge(ready, false); err != nil {
				t.Fatal(err)
			}
		}
	})
	return q
}

// options are those of a queue with the names of the test.
func (s server) options(t *testing.T, r job.Retries, groups ...string) queue.Options {
	t.Helper()
	queues := make([]string, 0, len(groups))
	for _, group := range groups {
		ready := s.name + "." + group
		queues = append(queues, ready, ready+".dead")
		for tries := 1; tries < r.Tries; tries++ {
			queues = append(queues, ready+".wait."+r.Wait(tries, 1).String())
		}
	}
	s.deleteAfter(t, queues)
	return queue.Options{
		Groups: groups, Retries: r, Concurrency: 5, Logger: slog.New(slog.DiscardHandler), Name: s.name,
	}
}
