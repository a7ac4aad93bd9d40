// Package fetch asks HTTP servers for JSON: patiently, but not for ever.
package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	tries   = 3                // requests for one answer, at most
	maxWait = 10 * time.Second // longest pause between two of them
	maxBody = 16 << 20         // bytes of one answer
)

// Cache keeps answers. A Get must never return one that is older than ttl.
type Cache interface {
	Get(key string, ttl time.Duration) ([]byte, bool)
	Put(key string, body []byte) error
}

// Client asks servers. Use New to get one.
type Client struct {
	http  *http.Client
	cache Cache
	agent string
}

// New returns a client that gives each request timeout, and names itself agent.
// A nil cache keeps nothing. A nil transport is the usual one.
func New(timeout time.Duration, agent string, cache Cache, transport http.RoundTripper) *Client {
	return &Client{
		http: &http.Client{
			Timeout:   timeout,
			Transport: transport,
			// A redirect would take the API key in the headers to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		cache: cache,
		agent: agent,
	}
}

// Request is one question to a server.
type Request struct {
	URL    string
	Header http.Header   // may hold secrets: it is in no cache key and in no error
	TTL    time.Duration // how long the answer stays true; 0 keeps it out of the cache
}

// Get asks for r and hands the answer to parse, whose error it returns as it
// is. Only an answer that parse accepts is kept in the cache.
//
// Network errors, 429 and 5xx are tried again after a growing, jittered pause,
// or after the one that Retry-After asks for; one of more than ten seconds
// ends the matter. The error is ErrUnreachable, ErrDown, ErrThrottled,
// ErrRefused, ErrBadAnswer or another StatusError.
func (c *Client) Get(ctx context.Context, r Request, parse func([]byte) error) error {
	cached := c.cache != nil && r.TTL > 0
	if cached {
		if body, ok := c.cache.Get(r.URL, r.TTL); ok && parse(body) == nil {
			return nil
		}
	}
	body, err := c.retry(ctx, r)
	if err != nil {
		return err
	}
	if err := parse(body); err != nil {
		return err
	}
	if cached {
		// A cache that cannot be written costs time, not correctness.
		_ = c.cache.Put(r.URL, body)
	}
	return nil
}

func (c *Client) retry(ctx context.Context, r Request) ([]byte, error) {
	pause := backoff.NewExponentialBackOff() // from half a second, give or take half of it
	pause.Multiplier = 2

	var last error // without the wrappers that steer backoff
	body, err := backoff.Retry(ctx, func() ([]byte, error) {
		var body []byte
		body, last = c.once(ctx, r)
		return body, steer(last)
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(tries))
	switch {
	case err == nil:
		return body, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	default:
		return nil, last
	}
}

// steer tells backoff whether, and when, err is worth another try.
func steer(err error) error {
	var status *StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status) && status.After > maxWait:
		return backoff.Permanent(err)
	case errors.As(err, &status) && status.After >= 0 && isTemporary(err):
		return &backoff.RetryAfterError{Duration: status.After}
	case isTemporary(err):
		return err
	default:
		return backoff.Permanent(err)
	}
}

func isTemporary(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrDown) || errors.Is(err, ErrThrottled)
}

func (c *Client) once(ctx context.Context, r Request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)

	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(req.URL.Host, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		after := retryAfter(resp.Header.Get("Retry-After"), time.Now())
		return nil, &StatusError{Host: req.URL.Host, Code: resp.StatusCode, After: after}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, unreachable(req.URL.Host, err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("%w from %s: larger than %d MB", ErrBadAnswer, req.URL.Host, maxBody>>20)
	}
	return body, nil
}

// unreachable leaves out the method and the whole URL that net/http puts first.
func unreachable(host string, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return fmt.Errorf("%w: %s: %w", ErrUnreachable, host, err)
}

// retryAfter reads the header in both of its forms, seconds and a date. It is
// negative when the header says nothing.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(now))
	}
	return -1
}

// Decode is json.Unmarshal with errors that are ErrBadAnswer.
func Decode(body []byte, v any) error {
	if len(body) == 0 {
		return fmt.Errorf("%w: it is empty", ErrBadAnswer)
	}
	err := json.Unmarshal(body, v)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: %w", ErrBadAnswer, syntax)
	}
	if err != nil { // it tells the types of Go, which mean nothing to the user
		return fmt.Errorf("%w: it is not of the documented shape", ErrBadAnswer)
	}
	return nil
}
