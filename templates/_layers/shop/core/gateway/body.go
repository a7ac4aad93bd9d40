package gateway

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"example.com/app/internal/request"
)

// errBrokeOff is the outcome of a request whose client did not send all of it, or not in
// time.
var errBrokeOff error = &request.MalformedError{Detail: "the body broke off"}

// inbound is the body of a client's request. It remembers what was wrong with it, as the
// failure of a try does not say whether client or service has caused it.
type inbound struct {
	io.ReadCloser
	over func() error // the error of the request's context

	mu     sync.Mutex
	caught error
}

// receive puts an inbound in the place of the request's body.
func receive(r *http.Request) *inbound {
	body := &inbound{over: r.Context().Err}
	if r.Body != nil && r.Body != http.NoBody {
		body.ReadCloser = http.MaxBytesReader(nil, r.Body, request.MaxBodyBytes)
		r.Body = body
	}
	return body
}

// Read implements io.Reader.
func (b *inbound) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		b.catch(request.ErrTooLarge)
	case err != nil && err != io.EOF, b.over() != nil: // what comes now comes too late
		b.catch(errBrokeOff)
	}
	return n, err
}

func (b *inbound) catch(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.caught == nil {
		b.caught = err
	}
}

// fault returns what the client did wrong, if anything: errBrokeOff or request.ErrTooLarge.
func (b *inbound) fault() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.caught
}
