// Package server is the life of an HTTP server, from the first request to the last.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Limits of a request's life, from the first byte to the last. drainTime is what
// requests in flight get once the program is told to stop.
const (
	headerTime  = 5 * time.Second
	readTime    = 15 * time.Second
	requestTime = 10 * time.Second
	writeTime   = 30 * time.Second
	idleTime    = 60 * time.Second
	drainTime   = 20 * time.Second
)

// Task is something that goes on until its context is done.
type Task func(context.Context) error

// Server serves a handler, and runs what belongs beside it. Handler and Logger are
// required, and one of Addr and Listener.
type Server struct {
	Addr     string       // where to listen
	Listener net.Listener // instead of Addr; Run closes it
	Handler  http.Handler
	Logger   *slog.Logger
	// Tasks run beside the server, and outlive it: requests in flight may need them.
	// When one fails, the server stops.
	Tasks []Task
	// Goodbye is how long the program goes on once it is told to stop, so that load
	// balancers notice by Stopping and turn to others.
	Goodbye time.Duration

	stopping atomic.Bool
}

// Stopping says whether no more requests should come: for a readiness check.
func (s *Server) Stopping() bool { return s.stopping.Load() }

// Run serves until ctx is done, and then until the requests in flight are answered.
func (s *Server) Run(ctx context.Context) error {
	stop, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	tasks, beside := errgroup.WithContext(stop)
	for _, task := range s.Tasks {
		tasks.Go(func() error { return task(beside) })
	}
	err := s.answer(ctx, beside)
	cancel()
	if err := errors.Join(err, tasks.Wait()); err != nil {
		return err
	}
	s.Logger.Info("stopped")
	return nil
}

// answer answers requests until ctx is done, or beside is, as something has failed
// beside the server.
func (s *Server) answer(ctx, beside context.Context) error {
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           withDeadline(answerHead(s.Handler), requestTime),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	s.Logger.Info("listening", slog.String("addr", listener.Addr().String()))

	select {
	case err := <-stopped:
		return fmt.Errorf("serve: %w", err)
	case <-beside.Done():
	case <-ctx.Done():
		s.sayGoodbye()
	}
	s.Logger.Info("draining")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = server.Shutdown(drain)
	if stopErr := <-stopped; !errors.Is(stopErr, http.ErrServerClosed) {
		err = errors.Join(err, stopErr)
	}
	if err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

func (s *Server) listen(ctx context.Context) (net.Listener, error) {
	if s.Listener != nil {
		return s.Listener, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

// sayGoodbye has readiness fail and everything else go on, until the load balancer
// has noticed and sends requests to others.
func (s *Server) sayGoodbye() {
	s.stopping.Store(true)
	if s.Goodbye > 0 {
		s.Logger.Info("stopping", slog.Duration("in", s.Goodbye))
		time.Sleep(s.Goodbye)
	}
}

// answerHead answers HEAD as GET, of which the server sends no body (RFC 9110,
// 9.3.2): monitors ask so.
func answerHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// withDeadline gives up on a request, with all that is done for it, after d.
func withDeadline(next http.Handler, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), d)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
