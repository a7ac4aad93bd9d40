package gateway_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/app/gateway"
)

func TestRetries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		path   string // /v1/orders where it is empty
		header []string
		status int // of the first answer; 0: the connection breaks
		want   int64
	}{
		{name: "GET, unavailable", method: http.MethodGet, status: http.StatusServiceUnavailable, want: 2},
		{name: "GET, broken", method: http.MethodGet, want: 2},
		{name: "PUT, bad gateway", method: http.MethodPut, status: http.StatusBadGateway, want: 2},
		{name: "PUT of a version is not repeated", method: http.MethodPut, header: []string{"If-Match", `"1"`}, want: 1},
		{name: "POST is not repeated", method: http.MethodPost, status: http.StatusServiceUnavailable, want: 1},
		{name: "POST is not repeated when broken", method: http.MethodPost, want: 1},
		{name: "POST of an order with a key is", method: http.MethodPost, header: []string{"Idempotency-Key", "a"}, want: 2},
		{name: "POST of a product with a key is not", method: http.MethodPost, path: "/v1/products", header: []string{"Idempotency-Key", "a"}, want: 1},
		{name: "POST of a token with a key is not", method: http.MethodPost, path: "/v1/auth/refresh", header: []string{"Idempotency-Key", "a"}, want: 1},
		{name: "PATCH is not", method: http.MethodPatch, status: http.StatusServiceUnavailable, want: 1},
		{name: "PATCH with a key is not", method: http.MethodPatch, header: []string{"Idempotency-Key", "a"}, want: 1},
		{name: "a failure of the service is an answer", method: http.MethodGet, status: http.StatusInternalServerError, want: 1},
		{name: "a refusal is an answer", method: http.MethodGet, status: http.StatusNotFound, want: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.order = func(rw http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != "{}" {
					t.Errorf("body = %q, %v, want {}", body, err)
				}
				switch {
				case w.arrived.Load() > 1:
				case tt.status == 0:
					panic(http.ErrAbortHandler)
				default:
					rw.WriteHeader(tt.status)
				}
			}
			w.user, w.product = w.order, w.order
			got := w.send(t, tt.method, cmp.Or(tt.path, "/v1/orders"), "{}", tt.header...)
			if n := w.arrived.Load(); n != tt.want {
				t.Errorf("%d requests arrive, want %d", n, tt.want)
			}
			switch {
			case tt.want == 2 && got.status != http.StatusOK:
				t.Errorf("answer = %d, want that of the second try", got.status)
			case tt.want == 1 && tt.status == 0:
				wantProblem(t, got, http.StatusBadGateway, "outcome-unknown")
				if got.header.Get("Retry-After") != "" {
					t.Error("the client is asked to come again, although that may do it twice")
				}
			case tt.want == 1 && got.status != tt.status:
				t.Errorf("answer = %d, want %d", got.status, tt.status)
			}
		})
	}
}

// TestNobodyListens: a request that has gone nowhere may come again.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *gateway.Options) {
		o.Order = newUpstream(gateway.NewTransport(), &url.URL{Scheme: "http", Host: gone(t)})
	})
	got := w.send(t, http.MethodPost, "/v1/orders", "{}")
	wantProblem(t, got, http.StatusServiceUnavailable, "unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Error("nobody says when to come again")
	}
}

// TestReplicas has many clients ask at once while one replica is gone: whoever meets it must
// be answered by another, however many take turns in between.
func TestReplicas(t *testing.T) {
	t.Parallel()
	const clients, each = 10, 40
	for live := 1; live <= 2; live++ {
		t.Run(fmt.Sprintf("%d of %d live", live, live+1), func(t *testing.T) {
			t.Parallel()
			turns := make([]atomic.Int64, live)
			w := newWorld(t, func(o *gateway.Options) {
				replicas := []*url.URL{{Scheme: "http", Host: gone(t)}}
				for i := range turns {
					server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { turns[i].Add(1) }))
					t.Cleanup(server.Close)
					replicas = append(replicas, parse(t, server.URL))
				}
				o.Order = newUpstream(gateway.NewTransport(), replicas...)
			})
			var asking errgroup.Group
			for range clients {
				asking.Go(func() error {
					for range each {
						if err := w.get(t.Context(), "/v1/orders"); err != nil {
							return err
						}
					}
					return nil
				})
			}
			if err := asking.Wait(); err != nil {
				t.Error(err)
			}
			for i := range turns {
				if n := turns[i].Load(); n < clients*each/3 {
					t.Errorf("a replica gets %d of %d requests", n, clients*each)
				}
			}
		})
	}
}

// get is send for others than the test's own goroutine.
func (w *world) get(ctx context.Context, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+path, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s = %s", path, response.Status)
	}
	return nil
}

// TestIdleConnections: the gateway gives connections up before the services do.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	const services = time.Minute // idleTime of internal/server
	if got := gateway.NewTransport().IdleConnTimeout; got <= 0 || got > services/2 {
		t.Errorf("IdleConnTimeout = %s, want well below %s", got, services)
	}
}

// gone returns an address that nobody listens on.
func gone(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestClientLeaves has a client go away while a service works.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, left := make(chan struct{}), make(chan struct{})
	w.order = func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(left)
	}
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/v1/orders", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-arrived
		leave()
	}()
	if response, err := http.DefaultTransport.RoundTrip(r); err == nil {
		response.Body.Close()
		t.Fatal("the request is answered")
	}
	select {
	case <-left:
	case <-time.After(10 * time.Second):
		t.Error("the service goes on working for nobody")
	}
}
