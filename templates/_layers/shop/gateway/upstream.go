package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"example.com/app/internal/logging"
	"example.com/app/internal/outage"
)

const requestIDHeader = "X-Request-Id"

// Upstream is a service behind the gateway, with any number of replicas.
type Upstream struct {
	name     string
	replicas []*url.URL
	next     atomic.Uint64
	breaker  *gobreaker.CircuitBreaker[struct{}]
	base     http.RoundTripper
	observed func(upstream, outcome string)
}

// UpstreamOptions is what NewUpstream needs. All fields are required.
type UpstreamOptions struct {
	Name      string
	Replicas  []*url.URL
	Transport http.RoundTripper
	Logger    *slog.Logger
	// Observed is told of each try: answered, failed, or refused by the circuit breaker.
	Observed func(upstream, outcome string)
}

// How a try ended.
const (
	answered = "answered"
	failed   = "failed"
	refused  = "refused"
)

// answerTime is how long a service may take to answer one try.
const answerTime = 5 * time.Second

// NewTransport returns a transport with as many idle connections to each service as are
// needed in good times.
func NewTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second}).DialContext,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       time.Minute,
		ResponseHeaderTimeout: answerTime,
	}
}

// NewUpstream returns a service, of which nothing is known yet. Its circuit breaker opens
// when most of its answers are failures, and lets one request in after some seconds to
// see whether that is over.
func NewUpstream(o UpstreamOptions) *Upstream {
	const (
		openTime   = 3 * time.Second
		window     = 10 * time.Second
		fewest     = 20
		worstShare = 0.6
	)
	u := &Upstream{name: o.Name, replicas: o.Replicas, base: o.Transport, observed: o.Observed}
	u.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name:     o.Name,
		Interval: window,
		Timeout:  openTime,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.Requests >= fewest && float64(c.TotalFailures) >= worstShare*float64(c.Requests)
		},
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
		OnStateChange: func(name string, from, to gobreaker.State) {
			o.Logger.Warn("circuit breaker", slog.String("upstream", name), slog.String("from", from.String()), slog.String("to", to.String()))
		},
	})
	return u
}

var _ http.RoundTripper = (*Upstream)(nil)

// Open says whether the circuit breaker turns requests away.
func (u *Upstream) Open() bool { return u.breaker.State() == gobreaker.StateOpen }

// Name of the service.
func (u *Upstream) Name() string { return u.name }

// Proxy hands requests to the service, and errors to failed.
func (u *Upstream) Proxy(failed func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return &httputil.ReverseProxy{
		Transport:    u,
		ErrorHandler: failed,
		ErrorLog:     slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // failed logs
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", u.name // RoundTrip knows better
			r.Out.Host = ""
			// Services know their clients by the gateway alone.
			r.Out.Header.Del("X-Forwarded-For")
			r.Out.Header.Set(requestIDHeader, logging.RequestID(r.In.Context()))
		},
		ModifyResponse: func(response *http.Response) error {
			response.Header.Del(requestIDHeader) // the answer has it already
			return nil
		},
	}
}

// RoundTrip implements http.RoundTripper: it sends the request to one of the replicas, and
// to another one where that is safe and the first has failed.
func (u *Upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	again, err := repeatable(r)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		response, err := u.try(r)
		if !again || try >= maxTries || r.Context().Err() != nil || !worthAnother(response, err) {
			return response, u.explain(r.Context(), err)
		}
		if response != nil {
			drain(response)
		}
		if err := pause(r, try); err != nil {
			return nil, err
		}
	}
}

// errFailure is the outcome of an answer that counts as none.
var errFailure = errors.New("gateway: the service failed")

// try sends the request once, unless the circuit breaker is open.
func (u *Upstream) try(r *http.Request) (*http.Response, error) {
	var response *http.Response
	_, err := u.breaker.Execute(func() (struct{}, error) {
		var err error
		response, err = u.base.RoundTrip(u.toReplica(r)) //nolint:bodyclose // whoever gets the response closes it
		if err == nil && response.StatusCode >= http.StatusInternalServerError {
			err = errFailure
		}
		return struct{}{}, err
	})
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		u.observed(u.name, refused)
		return nil, err
	case errors.Is(err, errFailure):
		u.observed(u.name, failed)
		return response, nil
	case err != nil:
		u.observed(u.name, failed)
		return nil, err
	default:
		u.observed(u.name, answered)
		return response, nil
	}
}

// toReplica returns the request with the address of the replica whose turn it is.
func (u *Upstream) toReplica(r *http.Request) *http.Request {
	replica := u.replicas[u.next.Add(1)%uint64(len(u.replicas))]
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = replica.Scheme, replica.Host
	if r.GetBody != nil {
		out.Body, _ = r.GetBody() // it is in memory, and cannot fail
	}
	return out
}

// explain says what an error means to whoever asked.
func (u *Upstream) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("ask %s: %w", u.name, ctx.Err())
	default:
		return fmt.Errorf("ask %s: %w: %w", u.name, outage.ErrUnavailable, err)
	}
}
