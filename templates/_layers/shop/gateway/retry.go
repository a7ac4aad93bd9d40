package gateway

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"example.com/app/internal/request"
)

const (
	maxTries   = 3
	firstPause = 20 * time.Millisecond
)

// repeatable says whether a request may be sent again: when its method is idempotent, or
// its client has said, by an Idempotency-Key, that it may arrive twice. It keeps the body
// for that.
func repeatable(r *http.Request) (bool, error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete: // RFC 9110, 9.2.2
	default:
		if r.Header.Get("Idempotency-Key") == "" {
			return false, nil
		}
	}
	if r.Body == nil || r.Body == http.NoBody {
		return true, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, request.MaxBodyBytes+1))
	if err != nil {
		return false, &request.MalformedError{Detail: "the body broke off"}
	}
	if len(body) > request.MaxBodyBytes {
		return false, request.ErrTooLarge
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return true, nil
}

// worthAnother says whether another replica might do better, or the same one in a moment.
func worthAnother(response *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, gobreaker.ErrOpenState) && !errors.Is(err, gobreaker.ErrTooManyRequests)
	}
	switch response.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// pause doubles with each try, and differs from one request to the next, so that they do
// not all come again at once.
func pause(r *http.Request, try int) error {
	longest := firstPause << (try - 1)
	timer := time.NewTimer(longest/2 + rand.N(longest/2)) //nolint:gosec // it is no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

// drain lets the connection be used again.
func drain(response *http.Response) {
	const most = 64 << 10
	_, _ = io.CopyN(io.Discard, response.Body, most)
	_ = response.Body.Close()
}
