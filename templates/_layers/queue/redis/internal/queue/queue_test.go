package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/job"
	"example.com/app/internal/job/jobtest"
	"example.com/app/internal/outage"
	"example.com/app/internal/proxytest"
	"example.com/app/internal/queue"
	"example.com/app/internal/redis/redistest"
)

const group = "mail"

func TestQueue(t *testing.T) {
	t.Parallel()
	jobtest.Run(t, func(t *testing.T, groups []string, r job.Retries) jobtest.Fixture {
		s := newServer(t)
		o := options(r)
		o.Groups = groups
		return jobtest.Fixture{
			Queue: open(t, s.url, o),
			Other: func(t *testing.T) job.Queue { return open(t, s.url, o) },
			Doomed: func(t *testing.T) (job.Queue, func()) {
				return open(t, s.proxied, o), func() {
					s.proxy.Cut()
					s.endClaims(t)
				}
			},
			Spoiled: func(t *testing.T, group string, j job.Job) {
				_, err := asynq.NewClientFromRedisClient(s.direct).EnqueueContext(t.Context(),
					asynq.NewTask(j.Kind, []byte("{")), asynq.Queue(group), asynq.TaskID(j.ID.String()+".0"))
				if err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func TestQueueAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.proxy.Cut()
	q := open(t, s.proxied, options(job.Retries{Tries: 1}))
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
			t.Errorf("%s() = error %v while Redis is away, want %v", call, err, outage.ErrUnavailable)
		}
	}

	left, leave := context.WithCancel(t.Context())
	leave()
	if err := q.Publish(left, j); !errors.Is(err, context.Canceled) || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Publish() = error %v for a caller who left, want %v", err, context.Canceled)
	}
}

func TestConsumeWaitsForRedis(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.proxy.Cut()
	direct := open(t, s.url, options(job.Retries{Tries: 1}))
	want := newJob(t)
	if err := direct.Publish(t.Context(), want); err != nil {
		t.Fatal(err)
	}

	q := open(t, s.proxied, options(job.Retries{Tries: 1}))
	handed := make(chan job.Job, 10)
	stop := consume(t, q, func(_ context.Context, j job.Job) error {
		handed <- j
		return nil
	})
	select {
	case j := <-handed:
		t.Fatalf("handed out %+v while Redis is away", j)
	case <-time.After(300 * time.Millisecond):
	}
	s.proxy.Restore()
	wantID(t, handed, want)

	s.proxy.Cut()
	again := newJob(t)
	if err := direct.Publish(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	s.proxy.Restore()
	wantID(t, handed, again)

	s.proxy.Cut()
	start := time.Now()
	stop()
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("Consume() took %v to end while Redis is away, want less", took)
	}
}

// TestDoneWhileAway has a job end while Redis is away. When Redis is back, the end is
// put on record, before anybody else may take the job.
func TestDoneWhileAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	q := open(t, s.proxied, options(job.Retries{Tries: 3, Base: time.Millisecond, Max: time.Millisecond}))
	handed, finish := make(chan job.Job, 10), make(chan struct{})
	stop := consume(t, q, func(_ context.Context, j job.Job) error {
		handed <- j
		<-finish
		return nil
	})
	want := newJob(t)
	if err := q.Publish(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	wantID(t, handed, want)
	s.proxy.Cut()
	close(finish)
	// Until asynq has failed to put it on record at once. It tries again every five
	// seconds.
	<-time.After(1500 * time.Millisecond)
	s.proxy.Restore()
	for deadline := time.Now().Add(15 * time.Second); s.claims(t) > 0; <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the job is still claimed 15 s after Redis came back")
		}
	}
	stop()
	if len(handed) > 0 {
		t.Errorf("handed out %+v again", <-handed)
	}
}

func TestOpenHidesPassword(t *testing.T) {
	for _, bad := range []string{"redis://user:s3cret@host:port/0", "http://user:s3cret@host", "redis://user:s3cret%@host"} {
		_, err := queue.Open(bad, queue.Options{})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(bad URL) = error %v, want one without the password", err)
		}
	}
}

// server is a database of a test's own, and a way to it that can be cut.
type server struct {
	url, proxied string
	direct       *goredis.Client
	proxy        *proxytest.Proxy
}

func newServer(t *testing.T) server {
	t.Helper()
	client, proxy := redistest.Proxied(t)
	u, err := url.Parse(os.Getenv(redistest.EnvURL))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + strconv.Itoa(client.Options().DB)
	s := server{url: u.String(), proxy: proxy}
	u.Host = client.Options().Addr
	s.proxied = u.String()
	direct, err := goredis.ParseURL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	s.direct = goredis.NewClient(direct)
	t.Cleanup(func() { _ = s.direct.Close() })
	return s
}

// asynq keeps here until when a job is claimed.
const claimsKey = "asynq:{" + group + "}:lease"

func (s server) claims(t *testing.T) int64 {
	t.Helper()
	n, err := s.direct.ZCard(t.Context(), claimsKey).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// endClaims does what time would do in a minute.
func (s server) endClaims(t *testing.T) {
	t.Helper()
	claimed, err := s.direct.ZRange(t.Context(), claimsKey, 0, -1).Result()
	if err != nil || len(claimed) == 0 {
		t.Fatalf("claims = %v, %v, want one at least", claimed, err)
	}
	long := float64(time.Now().Add(-time.Minute).Unix())
	for _, id := range claimed {
		if err := s.direct.ZAdd(t.Context(), claimsKey, goredis.Z{Score: long, Member: id}).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func options(r job.Retries) queue.Options {
	return queue.Options{Groups: []string{group}, Retries: r, Concurrency: 5, Logger: slog.New(slog.DiscardHandler)}
}

func open(t *testing.T, url string, o queue.Options) *queue.Queue {
	t.Helper()
	q, err := queue.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Errorf("Close() = error %v", err)
		}
	})
	return q
}

// consume starts a consumer and returns what ends it and waits for it.
func consume(t *testing.T, q *queue.Queue, handle job.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- q.Consume(ctx, group, handle) }()
	stop = func() {
		cancel()
		if err, ok := <-ended; ok && err != nil {
			t.Errorf("Consume() = error %v, want nil", err)
		}
	}
	return stop
}

func newJob(t *testing.T) job.Job {
	t.Helper()
	j, err := job.New("test", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func wantID(t *testing.T, handed <-chan job.Job, want job.Job) {
	t.Helper()
	select {
	case j := <-handed:
		if j.ID != want.ID {
			t.Errorf("handed out %s, want %s", j.ID, want.ID)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no job was handed out within 20 s")
	}
}
