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
	"example.com/app/internal/request"
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
	Name      string // as the service knows itself: passports are for this name
	Replicas  []*url.URL
	Transport http.RoundTripper
	Logger    *slog.Logger
	// Observed is told of each try: answered, failed, abandoned by the client, or refused
	// by the circuit breaker.
	Observed func(upstream, outcome string)
}

// How a try ended.
const (
	answered  = "answered"
	failed    = "failed"
	abandoned = "abandoned"
	refused   = "refused"
)

// answerTime is how long a service may take to answer one try.
const answerTime = 5 * time.Second

// NewTransport returns a transport with as many idle connections to each service as are
// needed in good times.
func NewTransport() *http.Transport {
	d := dialer{lookup: net.DefaultResolver.LookupHost, dial: (&net.Dialer{Timeout: time.Second}).DialContext}
	return &http.Transport{
		DialContext:         d.dialContext,
		MaxIdleConnsPerHost: 256,
		// Shorter than what services grant, a minute: a request on a connection that they
		// are about to close is lost, and not every one can be sent again.
		IdleConnTimeout:       30 * time.Second,
		ResponseHeaderTimeout: answerTime,
	}
}

// NewUpstream returns a service, of which nothing is known yet. Its circuit breaker opens
// when most of its answers are failures, and lets one request in after some seconds to
// see whether that is over. What ended by the client's doing says nothing of the service:
// it counts for neither side, and the next request is let in instead.
func NewUpstream(o UpstreamOptions) *Upstream {
	const (
		openTime   = 3 * time.Second
		window     = 10 * time.Second
		step       = time.Second
		fewest     = 20
		worstShare = 0.6
	)
	u := &Upstream{name: o.Name, replicas: o.Replicas, base: o.Transport, observed: o.Observed}
	u.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name:         o.Name,
		Interval:     window,
		BucketPeriod: step, // the window moves, and never begins with nothing
		Timeout:      openTime,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			// Not c.Requests: half of those to a service that hangs have yet to fail.
			ended := c.TotalSuccesses + c.TotalFailures
			return ended >= fewest && float64(c.TotalFailures) >= worstShare*float64(ended)
		},
		IsExcluded: clientsDoing,
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
			// ReverseProxy drops the parameters that it cannot read; whoever sent them is to
			// hear of it.
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			// Services know their clients by the gateway alone.
			r.Out.Header.Del("X-Forwarded-For")
			r.Out.Header.Del("Authorization")
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
	if r.ContentLength > request.MaxBodyBytes {
		return nil, request.ErrTooLarge
	}
	r = r.WithContext(r.Context()) // the caller's stays as it is
	body := receive(r)
	again := repeatable(r)
	if err := body.fault(); err != nil {
		return nil, err
	}
	first := u.next.Add(1)
	for try := uint64(1); ; try++ {
		response, err := u.try(u.toReplica(r, first+try), body)
		if !again || try >= maxTries || r.Context().Err() != nil || !worthAnother(response, err) {
			return response, u.explain(r.Context(), again, err)
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
func (u *Upstream) try(r *http.Request, body *inbound) (*http.Response, error) {
	var response *http.Response
	_, err := u.breaker.Execute(func() (struct{}, error) {
		var err error
		response, err = u.base.RoundTrip(r) //nolint:bodyclose // whoever gets the response closes it
		if fault := body.fault(); err != nil && fault != nil {
			err = fault
		}
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
	case clientsDoing(err):
		u.observed(u.name, abandoned)
		return nil, err
	case err != nil:
		u.observed(u.name, failed)
		return nil, err
	default:
		u.observed(u.name, answered)
		return response, nil
	}
}

// toReplica returns the request with the address of the replica whose turn it is.
func (u *Upstream) toReplica(r *http.Request, turn uint64) *http.Request {
	replica := u.replicas[turn%uint64(len(u.replicas))]
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = replica.Scheme, replica.Host
	if r.GetBody != nil {
		out.Body, _ = r.GetBody() // it is in memory, and cannot fail
	}
	return out
}

// clientsDoing says whether a try ended as the client left, or did not send what it should.
func clientsDoing(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, errBrokeOff) || errors.Is(err, request.ErrTooLarge)
}

// untouched says whether a request has certainly not reached the service.
func untouched(err error) bool {
	network, ok := errors.AsType[*net.OpError](err)
	return ok && network.Op == "dial" || errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}

// explain says what an error means to whoever asked.
func (u *Upstream) explain(ctx context.Context, again bool, err error) error {
	switch {
	case err == nil:
		return nil
	case clientsDoing(err):
		return fmt.Errorf("ask %s: %w", u.name, err)
	case !again && !untouched(err):
		return fmt.Errorf("ask %s: %w: %w", u.name, errOutcomeUnknown, err)
	case ctx.Err() != nil:
		return fmt.Errorf("ask %s: %w", u.name, ctx.Err())
	default:
		return fmt.Errorf("ask %s: %w: %w", u.name, outage.ErrUnavailable, err)
	}
}
