package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// transport keeps to GitHub's rules: it sends one write at a time and not too
// soon after the last, and waits where a limit is reached. The client library
// does neither: v62 takes a 429 for a plain error, and after a secondary limit
// that does not say how long it lasts it blocks itself until the primary one is
// reset, up to an hour later.
type transport struct {
	base     http.RoundTripper
	token    string
	api      *url.URL // the token goes nowhere else
	patience Patience
	calls    atomic.Int64

	write     sync.Mutex
	lastWrite time.Time // guarded by write
}

// mostWaits is how often one request waits for limits before it gives up.
const mostWaits = 5

// largestAnswer is how much of an answer is read; GitHub's are far smaller.
const largestAnswer = 32 << 20

// RoundTrip implements http.RoundTripper. Its error wraps ErrLimited where
// the limits have not ended after mostWaits.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		t.write.Lock()
		defer t.write.Unlock()
		defer func() { t.lastWrite = time.Now() }()
		if rest := t.patience.BetweenWrites - time.Since(t.lastWrite); rest > 0 {
			if err := Sleep(ctx, rest); err != nil {
				return nil, err
			}
		}
	}
	backoff := t.patience.Backoff
	for waits := 0; ; waits++ {
		resp, body, err := t.once(req)
		if err != nil {
			return nil, err
		}
		limit, reached := limitOf(resp, body)
		if !reached {
			resp.Header.Del("X-RateLimit-Reset") // v62 would block itself until then
			return resp, nil
		}
		if waits == mostWaits {
			return nil, fmt.Errorf("%w: %s", ErrLimited, limit.why)
		}
		if limit.wait == 0 {
			limit.wait = backoff
			backoff *= 2
		}
		if err := t.patience.Sleep(ctx, limit.wait, limit.why); err != nil {
			return nil, err
		}
	}
}

// once sends req and reads the whole answer within the time for one request.
func (t *transport) once(req *http.Request) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.patience.Timeout)
	defer cancel()
	attempt := req.Clone(ctx)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, nil, err
		}
		attempt.Body = body
	}
	if req.URL.Scheme == t.api.Scheme && req.URL.Host == t.api.Host {
		attempt.Header.Set("Authorization", "Bearer "+t.token)
	}
	t.calls.Add(1)
	resp, err := t.base.RoundTrip(attempt)
	if err != nil {
		return nil, nil, t.blame(req.Context(), ctx, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
	if err != nil {
		_ = resp.Body.Close() // the error that counts is the first
		return nil, nil, t.blame(req.Context(), ctx, err)
	}
	if err := resp.Body.Close(); err != nil {
		return nil, nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = req
	return resp, body, nil
}

// blame says why a request ended with err: the caller's context, the time for
// one request, or what err says.
func (t *transport) blame(caller, attempt context.Context, err error) error {
	switch {
	case caller.Err() != nil:
		return caller.Err()
	case attempt.Err() != nil:
		return fmt.Errorf("none within %s", t.patience.Timeout)
	}
	return err
}

// limit is one that an answer says is reached.
type limit struct {
	why  string
	wait time.Duration // 0 where GitHub does not say
}

// limitOf reports whether resp says that a limit is reached, and for how long.
// The rules are those of
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
// and, for 422, what GitHub was seen to do.
func limitOf(resp *http.Response, body []byte) (limit, bool) {
	const (
		hourly = "GitHub's limit of requests in an hour is reached"
		pace   = "GitHub asks for a slower pace"
	)
	var said struct {
		Message string `json:"message"`
		Errors  []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	wait, told := retryAfter(resp.Header)
	switch resp.StatusCode {
	case http.StatusForbidden, http.StatusTooManyRequests:
		if told {
			return limit{why: pace, wait: wait}, true
		}
		if resp.Header.Get("X-RateLimit-Remaining") == "0" {
			return limit{why: hourly, wait: untilReset(resp.Header)}, true
		}
		_ = json.Unmarshal(body, &said) // what is no JSON has no message
		message := strings.ToLower(said.Message)
		limited := resp.StatusCode == http.StatusTooManyRequests ||
			strings.Contains(message, "rate limit") || strings.Contains(message, "abuse detection")
		return limit{why: pace}, limited
	case http.StatusUnprocessableEntity:
		_ = json.Unmarshal(body, &said) // as above; errors may also be plain strings
		for _, e := range said.Errors {
			if e.Code == "abuse" {
				return limit{why: pace, wait: wait}, true
			}
		}
	}
	return limit{}, false
}

func retryAfter(h http.Header) (time.Duration, bool) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	return max(time.Duration(seconds)*time.Second, time.Millisecond), true
}

// untilReset is the time until the primary limit's window ends, by the server's
// own clock, and a second more; 0 where the headers do not say.
func untilReset(h http.Header) time.Duration {
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(time.Unix(reset, 0).Sub(now), 0) + time.Second
}
