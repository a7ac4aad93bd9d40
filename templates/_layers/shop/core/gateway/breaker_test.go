package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/app/gateway"
)

// service answers in the place of a transport.
type service func(*http.Request) (*http.Response, error)

func (s service) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

func newUpstream(base http.RoundTripper, replicas ...*url.URL) *gateway.Upstream {
	return gateway.NewUpstream(gateway.UpstreamOptions{
		Name: "order", Replicas: replicas, Transport: base,
		Logger: slog.New(slog.DiscardHandler), Observed: func(string, string) {},
	})
}

// ask sends a request that is not repeated.
func ask(ctx context.Context, t *testing.T, u *gateway.Upstream) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://order/v1/orders", http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	if response, err := u.RoundTrip(r); err == nil {
		response.Body.Close()
	}
}

// ill fails, or works on until the client leaves.
type ill struct{ hangs bool }

func (s *ill) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusInternalServerError, Body: http.NoBody}, nil
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.product = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) }
	for range 40 {
		w.send(t, http.MethodGet, "/v1/products", "")
	}
	n := w.arrived.Load()
	got := w.send(t, http.MethodGet, "/v1/products", "")
	wantProblem(t, got, http.StatusServiceUnavailable, "unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Error("nobody says when to come again")
	}
	if w.arrived.Load() != n || n >= 40 {
		t.Errorf("%d requests reach a service that always fails", w.arrived.Load())
	}
	if got := w.send(t, http.MethodGet, "/v1/orders", ""); got.status != http.StatusOK {
		t.Errorf("another service answers %d", got.status)
	}
}

// TestImpatience has clients leave a service that does nothing but fail: that is not to its
// credit.
func TestImpatience(t *testing.T) {
	t.Parallel()
	replica := &url.URL{Scheme: "http", Host: "order"}
	leave := func(t *testing.T, u *gateway.Upstream) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		ask(ctx, t, u)
	}
	t.Run("while the breaker is closed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := &ill{hangs: true}
			u := newUpstream(s, replica)
			for range 100 {
				leave(t, u)
			}
			if u.Open() {
				t.Error("the breaker opens as clients leave")
			}
			s.hangs = false
			for range 20 {
				ask(t.Context(), t, u)
			}
			if !u.Open() {
				t.Error("clients who left keep the breaker closed")
			}
		})
	})
	t.Run("while it is half open", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := new(ill)
			u := newUpstream(s, replica)
			for range 20 {
				ask(t.Context(), t, u)
			}
			time.Sleep(4 * time.Second)
			s.hangs = true
			leave(t, u)
			s.hangs = false
			ask(t.Context(), t, u)
			if !u.Open() {
				t.Error("a client who left has closed the breaker")
			}
		})
	})
}

// TestHungService: what is under way at a service that hangs does not hide what has failed.
func TestHungService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(service(func(*http.Request) (*http.Response, error) {
			time.Sleep(5 * time.Second)
			return nil, errors.New("no answer")
		}), &url.URL{Scheme: "http", Host: "order"})
		var asking sync.WaitGroup
		for range 300 {
			asking.Go(func() { ask(t.Context(), t, u) })
			time.Sleep(50 * time.Millisecond)
		}
		if !u.Open() {
			t.Error("the breaker is closed after 15 seconds")
		}
		asking.Wait()
	})
}
