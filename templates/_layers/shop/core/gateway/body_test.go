package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/request"
)

// breakOff sends one byte of a body of which it has promised 100.
func (w *world) breakOff(t *testing.T, method, path string) answer {
	t.Helper()
	address := parse(t, w.url).Host
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\n\r\n{", method, path, address)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, response)
}

// TestBrokenBody: what a client does wrong says nothing of the service.
func TestBrokenBody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, path string }{
		{name: "of a request that is sent once", method: http.MethodPost, path: "/webhooks/payments"},
		{name: "of one that may be repeated", method: http.MethodPut, path: "/v1/orders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.order = func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }
			for range 25 {
				wantProblem(t, w.breakOff(t, tt.method, tt.path), http.StatusBadRequest, "malformed-request")
			}
			if got := w.send(t, http.MethodGet, "/v1/orders", ""); got.status != http.StatusOK {
				t.Errorf("the next client is answered %d", got.status)
			}
		})
	}
}

// readerFunc is an io.Reader.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestSlowBody has clients that do not send all before their time is over.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	u := newUpstream(service(func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		return nil, r.Context().Err() // as http.Transport, whatever came of the body
	}), &url.URL{Scheme: "http", Host: "order"})
	for range 25 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		late := readerFunc(func([]byte) (int, error) {
			<-ctx.Done()
			return 0, io.EOF
		})
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://order/webhooks/payments", late)
		if err != nil {
			cancel()
			t.Fatal(err)
		}
		response, err := u.RoundTrip(r)
		cancel()
		if err == nil {
			response.Body.Close()
		}
		if _, ok := errors.AsType[*request.MalformedError](err); !ok {
			t.Errorf("RoundTrip = %v, want the client's fault", err)
		}
	}
	if u.Open() {
		t.Error("slow clients open the circuit breaker")
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		method  string
		path    string
		chunked bool
	}{
		{name: "sent once", method: http.MethodPost, path: "/v1/orders"},
		{name: "sent once, of unknown length", method: http.MethodPost, path: "/v1/orders", chunked: true},
		{name: "repeatable", method: http.MethodPut, path: "/v1/orders"},
		{name: "repeatable, of unknown length", method: http.MethodPut, path: "/v1/orders", chunked: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.order = func(_ http.ResponseWriter, r *http.Request) {
				if n, err := io.Copy(io.Discard, r.Body); err == nil {
					t.Errorf("the service gets all of %d bytes", n)
				}
			}
			var body io.Reader = strings.NewReader(strings.Repeat("x", request.MaxBodyBytes+1))
			if tt.chunked {
				body = io.MultiReader(body)
			}
			wantProblem(t, w.stream(t, tt.method, tt.path, body), http.StatusRequestEntityTooLarge, "body-too-large")
			if n := w.arrived.Load(); n != 0 && !tt.chunked {
				t.Errorf("%d requests arrive, want none", n)
			}
		})
	}
}

// TestKeptBody has the service fail once.
func TestKeptBody(t *testing.T) {
	t.Parallel()
	const most = 64 << 10
	tests := []struct {
		name   string
		length int
		want   int64
	}{
		{name: "short", length: most, want: 2},
		{name: "too long to be kept", length: most + 1, want: 1},
		{name: "as long as it may be", length: request.MaxBodyBytes, want: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.order = func(rw http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || len(body) != tt.length {
					t.Errorf("body = %d bytes, %v, want %d", len(body), err, tt.length)
				}
				if w.arrived.Load() == 1 {
					rw.WriteHeader(http.StatusServiceUnavailable)
				}
			}
			w.send(t, http.MethodPut, "/v1/orders", strings.Repeat("x", tt.length))
			if n := w.arrived.Load(); n != tt.want {
				t.Errorf("%d requests arrive, want %d", n, tt.want)
			}
		})
	}
}

// TestLongBody: the service gets the beginning of a long body before the client has sent the
// end.
func TestLongBody(t *testing.T) {
	t.Parallel()
	const part = 100 << 10
	w := newWorld(t)
	begun := make(chan struct{})
	w.order = func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		if n, err := io.Copy(io.Discard, r.Body); n != 2*part || err != nil {
			t.Errorf("body = %d bytes, %v, want %d", n, err, 2*part)
		}
	}
	begin := strings.NewReader(strings.Repeat("x", part))
	wait := readerFunc(func([]byte) (int, error) {
		select {
		case <-begun:
			return 0, io.EOF
		case <-time.After(10 * time.Second):
			return 0, errors.New("the gateway wants all of it first")
		}
	})
	body := io.MultiReader(begin, wait, strings.NewReader(strings.Repeat("x", part)))
	if got := w.stream(t, http.MethodPut, "/v1/orders", body); got.status != http.StatusOK {
		t.Errorf("answer = %d, want 200", got.status)
	}
}
