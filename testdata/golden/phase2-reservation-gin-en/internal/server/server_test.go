package server_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/acme/reservation-api/internal/server"
)

// pipes is a listener of the test's own, whose clock may be the test's too.
type pipes struct {
	waiting chan net.Conn
	closed  chan struct{}
	close   func()
}

func newPipes() *pipes {
	p := &pipes{waiting: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.waiting:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close()
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }

// client returns a client that keeps no connection.
func (p *pipes) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			select {
			case p.waiting <- theirs:
				return ours, nil
			case <-p.closed:
				return nil, net.ErrClosed
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}}
}

// lines is a log that can be waited for.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// waitFor returns the first group of pattern, once the log has it.
func (l lines) waitFor(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	patience := time.After(10 * time.Second)
	for {
		select {
		case line := <-l:
			if found := wanted.FindStringSubmatch(line); found != nil {
				return found[1]
			}
		case <-patience:
			t.Fatalf("the log has no %q", pattern)
		}
	}
}

// started is a server that runs, and how it ends.
type started struct {
	*server.Server
	client *http.Client
	stop   func()
	ended  chan error
}

func start(t *testing.T, s *server.Server) started {
	t.Helper()
	listener := newPipes()
	s.Listener, s.Logger = listener, slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(stop)
	return started{Server: s, client: listener.client(), stop: stop, ended: ended}
}

// get returns the status and the body of an answer.
func (s started) get(t *testing.T) (int, string) {
	t.Helper()
	response, err := s.client.Get("http://api/")
	if err != nil {
		t.Errorf("GET = error %v", err)
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("GET = a body that breaks off: %v", err)
	}
	return response.StatusCode, string(body)
}

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

// What is in flight is answered, and has its tasks until then; nobody new is let in.
func TestRunDropsNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finish, taskEnded := make(chan struct{}), make(chan struct{})
		s := start(t, &server.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				<-finish
				hello(w, r)
			}),
			Tasks: []server.Task{func(ctx context.Context) error {
				<-ctx.Done()
				close(taskEnded)
				return nil
			}},
		})
		answered := make(chan string)
		go func() {
			_, body := s.get(t)
			answered <- body
		}()
		synctest.Wait()
		if s.Stopping() {
			t.Error("Stopping() = true, want false: nobody has stopped it")
		}

		s.stop()
		synctest.Wait()
		if !s.Stopping() {
			t.Error("Stopping() = false, want true")
		}
		if response, err := s.client.Get("http://api/"); err == nil {
			response.Body.Close()
			t.Errorf("GET of a server that drains = %s, want no connection", response.Status)
		}
		select {
		case err := <-s.ended:
			t.Fatalf("Run() = %v, with a request in flight", err)
		case <-taskEnded:
			t.Fatal("the task has ended, with a request in flight")
		default:
		}

		close(finish)
		if body := <-answered; body != "hello" {
			t.Errorf("the request in flight got %q, want hello", body)
		}
		<-taskEnded
		if err := <-s.ended; err != nil {
			t.Errorf("Run() = %v, want no error", err)
		}
	})
}

func TestGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, &server.Server{Handler: http.HandlerFunc(hello), Goodbye: 5 * time.Second})
		synctest.Wait()
		begin := time.Now()
		s.stop()
		time.Sleep(4 * time.Second)
		if status, body := s.get(t); !s.Stopping() || status != http.StatusOK || body != "hello" {
			t.Errorf("GET while it says goodbye = %d %q, Stopping() = %t, want 200 hello, true", status, body, s.Stopping())
		}
		if err := <-s.ended; err != nil {
			t.Errorf("Run() = %v, want no error", err)
		}
		if took := time.Since(begin).Round(time.Second); took != 5*time.Second {
			t.Errorf("Run() ended after %s, want 5s", took)
		}
	})
}

func TestDeadlineOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, &server.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			io.WriteString(w, context.Cause(r.Context()).Error())
		})})
		begin := time.Now()
		if _, body := s.get(t); body != context.DeadlineExceeded.Error() || time.Since(begin) != 10*time.Second {
			t.Errorf("the request ended after %s with %q, want 10s and its deadline", time.Since(begin), body)
		}
		s.stop()
		if err := <-s.ended; err != nil {
			t.Errorf("Run() = %v, want no error", err)
		}
	})
}

func TestDrainEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finish := make(chan struct{})
		s := start(t, &server.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-finish })})
		answered := make(chan struct{})
		go func() {
			s.get(t)
			close(answered)
		}()
		synctest.Wait()
		begin := time.Now()
		s.stop()
		err := <-s.ended
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != 20*time.Second {
			t.Errorf("Run() = %v after %s, want a deadline after 20s", err, took)
		}
		close(finish)
		<-answered
	})
}

func TestTaskFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken, otherEnded := errors.New("broken"), make(chan struct{})
		s := start(t, &server.Server{
			Handler: http.HandlerFunc(hello),
			Goodbye: time.Hour, // is for a server that is well
			Tasks: []server.Task{
				func(context.Context) error {
					time.Sleep(time.Second)
					return broken
				},
				func(ctx context.Context) error {
					<-ctx.Done()
					close(otherEnded)
					return nil
				},
			},
		})
		begin := time.Now()
		err := <-s.ended
		<-otherEnded
		if took := time.Since(begin).Round(time.Second); !errors.Is(err, broken) || took != time.Second {
			t.Errorf("Run() = %v after %s, want %v after 1s", err, took, broken)
		}
	})
}

func TestAddrIsTaken(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	taskEnded := false
	s := server.Server{
		Addr:    other.Listener.Addr().String(),
		Handler: http.NotFoundHandler(),
		Logger:  slog.New(slog.DiscardHandler),
		Tasks: []server.Task{func(ctx context.Context) error {
			<-ctx.Done()
			taskEnded = true
			return nil
		}},
	}
	if err := s.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "listen: ") || !taskEnded {
		t.Errorf("Run() = %v, task ended: %t, want that it cannot listen, and no task left", err, taskEnded)
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	log := make(lines, 10)
	s := server.Server{
		Addr:   "127.0.0.1:0",
		Logger: slog.New(slog.NewTextHandler(log, nil)),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Method", r.Method)
			hello(w, r)
		}),
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	response, err := http.Head("http://" + log.waitFor(t, `msg=listening addr=(\S+)`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.Header.Get("Method") != http.MethodGet || response.ContentLength != 5 || len(body) > 0 {
		t.Errorf("HEAD = %v with length %d and body %q, %v, want GET's without a body", response.Header, response.ContentLength, body, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v, want no error", err)
	}
}
