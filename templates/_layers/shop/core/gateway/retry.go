package gateway

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	maxTries   = 3
	firstPause = 20 * time.Millisecond
	// keptBytes is how much of a body is kept for another try, for each request under way.
	keptBytes = 64 << 10
)

// repeatable says whether a request may be sent again, and keeps its body for that. One
// that is too long to be kept is sent once.
func repeatable(r *http.Request) bool {
	if !recognised(r) {
		return false
	}
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, keptBytes+1))
	if err != nil {
		return false // r.Body knows why
	}
	if len(head) > keptBytes {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
		return false
	}
	r.ContentLength = int64(len(head))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(head)), nil }
	return true
}

// recognised says whether the service promises that a request which arrives twice does no
// more than if it had arrived once.
func recognised(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete: // RFC 9110, 9.2.2
		// The version that the first one made would have the second one refused.
		return r.Header.Get("If-Match") == ""
	case http.MethodPost: // nothing else keeps keys
		return r.URL.Path == "/v1/orders" && r.Header.Get("Idempotency-Key") != ""
	default:
		return false
	}
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
func pause(r *http.Request, try uint64) error {
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
