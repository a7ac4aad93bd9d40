package payment_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/outage"
	"example.com/app/services/order/internal/payment"
)

func price() events.Money { return events.Money{Amount: 150_000, Currency: "IDR"} }

// asked is a request that the provider got.
type asked struct {
	path, authorization, key, contentType, body string
}

// api is the provider's API. It answers with a status, and notes what it was asked.
type api struct {
	payment.HTTP

	mu     sync.Mutex
	status int
	got    []asked
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{status: http.StatusAccepted}
	a.HTTP = client(t, httptest.NewServer(a))
	return a
}

// client returns what asks server, which ends with the test.
func client(t *testing.T, server *httptest.Server) payment.HTTP {
	t.Helper()
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL + "/v2/")
	if err != nil {
		t.Fatal(err)
	}
	return payment.HTTP{URL: u, Key: []byte("the shop's key"), NotifyURL: "https://shop.example/webhooks/payments", Client: server.Client()}
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, asked{
		path: r.Method + " " + r.URL.Path, authorization: r.Header.Get("Authorization"), key: r.Header.Get("Idempotency-Key"),
		contentType: r.Header.Get("Content-Type"), body: string(body),
	})
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(a.status)
}

func (a *api) answer(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status = status
}

func (a *api) wantAsked(t *testing.T, want ...asked) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.got) != len(want) {
		t.Fatalf("provider was asked %+v, want %+v", a.got, want)
	}
	for i, got := range a.got {
		if got != want[i] {
			t.Errorf("provider was asked %+v, want %+v", got, want[i])
		}
	}
}

// charged is the request for an order's charge.
func charged(id uuid.UUID) asked {
	return asked{
		path: "POST /v2/charges", authorization: "Bearer the shop's key", key: id.String(), contentType: "application/json",
		body: `{"amount":150000,"currency":"IDR","method":"card","notify_url":"https://shop.example/webhooks/payments"}`,
	}
}

func refunded(id uuid.UUID) asked {
	return asked{path: "POST /v2/charges/" + id.String() + "/refund", authorization: "Bearer the shop's key"}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	provider, id := newAPI(t), uuid.New()
	for range 2 { // asked again, it is the same
		if err := provider.Charge(t.Context(), id, price(), "card"); err != nil {
			t.Errorf("Charge() = %v", err)
		}
	}
	if err := provider.Refund(t.Context(), id); err != nil {
		t.Errorf("Refund() = %v", err)
	}
	provider.wantAsked(t, charged(id), charged(id), refunded(id))
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		want   error
	}{
		{http.StatusOK, nil},
		{http.StatusCreated, nil},
		{http.StatusAccepted, nil},
		{http.StatusNoContent, nil},
		{http.StatusBadRequest, payment.ErrRefused},
		{http.StatusPaymentRequired, payment.ErrRefused},
		{http.StatusUnprocessableEntity, payment.ErrRefused},
		{http.StatusUnauthorized, outage.ErrUnavailable}, // our fault, not the customer's
		{http.StatusForbidden, outage.ErrUnavailable},
		{http.StatusNotFound, outage.ErrUnavailable},
		{http.StatusConflict, outage.ErrUnavailable},
		{http.StatusTooManyRequests, outage.ErrUnavailable},
		{http.StatusInternalServerError, outage.ErrUnavailable},
		{http.StatusBadGateway, outage.ErrUnavailable},
		{http.StatusServiceUnavailable, outage.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(strconv.Itoa(tt.status), func(t *testing.T) {
			t.Parallel()
			provider := newAPI(t)
			provider.answer(tt.status)
			if err := provider.Charge(t.Context(), uuid.New(), price(), "card"); !errors.Is(err, tt.want) {
				t.Errorf("Charge() = %v, want %v", err, tt.want)
			}
			if err := provider.Refund(t.Context(), uuid.New()); !errors.Is(err, tt.want) {
				t.Errorf("Refund() = %v, want %v", err, tt.want)
			}
		})
	}
}

// TestRedirect has the API at another address, where a GET is answered: nothing was
// charged.
func TestRedirect(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, r.URL.Path, http.StatusMovedPermanently)
		}
	}))
	provider := client(t, server)
	if err := provider.Charge(t.Context(), uuid.New(), price(), "card"); !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Charge() = %v, want %v", err, outage.ErrUnavailable)
	}
}

func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		handle func(w http.ResponseWriter, r *http.Request)
	}{
		{"no answer in time", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client leaves
			<-r.Context().Done()
		}},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"status":`)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			provider := client(t, httptest.NewServer(http.HandlerFunc(tt.handle)))
			provider.Client.Timeout = 200 * time.Millisecond
			if err := provider.Charge(t.Context(), uuid.New(), price(), "card"); !errors.Is(err, outage.ErrUnavailable) {
				t.Errorf("Charge() = %v, want %v", err, outage.ErrUnavailable)
			}
			if err := provider.Refund(t.Context(), uuid.New()); !errors.Is(err, outage.ErrUnavailable) {
				t.Errorf("Refund() = %v, want %v", err, outage.ErrUnavailable)
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		provider := client(t, server)
		server.Close()
		if err := provider.Refund(t.Context(), uuid.New()); !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("Refund() = %v, want %v", err, outage.ErrUnavailable)
		}
	})
	t.Run("a caller who leaves", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		provider := client(t, httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			cancel()
			<-r.Context().Done()
		})))
		err := provider.Charge(ctx, uuid.New(), price(), "card")
		if !errors.Is(err, outage.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("Charge() = %v, want %v by %v", err, outage.ErrUnavailable, context.Canceled)
		}
	})
}

func TestConnectionIsKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 100_000)) // more than is read along with the header
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	provider := client(t, server)
	for range 5 {
		if err := provider.Refund(t.Context(), uuid.New()); err != nil {
			t.Errorf("Refund() = %v", err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections were made, want 1", n)
	}
}
