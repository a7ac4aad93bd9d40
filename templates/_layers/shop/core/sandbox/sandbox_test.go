package sandbox_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/app/sandbox"
)

const (
	apiKey = "by which the shop says who it is"
	secret = "known to the provider and the shop"
)

// shop takes in notifications.
type shop struct {
	refusals int // of the first notifications

	mu       sync.Mutex
	outcomes []string
	ids      map[string]bool
	came     chan struct{}
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusals > 0 {
		s.refusals--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, _ := io.ReadAll(r.Body)
	stamp, sum, _ := strings.Cut(r.Header.Get("Signature"), ",v1=")
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", strings.TrimPrefix(stamp, "t="), body)
	var told struct{ ID, Charge, Outcome string }
	if err := json.Unmarshal(body, &told); err != nil || sum != hex.EncodeToString(mac.Sum(nil)) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.outcomes = append(s.outcomes, told.Charge+" "+told.Outcome)
	s.ids[told.ID] = true
	s.came <- struct{}{}
}

// world is a provider and a shop.
type world struct {
	*sandbox.Sandbox
	url       string
	shop      *shop
	notifyURL string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		Sandbox: sandbox.New([]byte(apiKey), []byte(secret), http.DefaultClient, slog.New(slog.DiscardHandler)),
		shop:    &shop{ids: make(map[string]bool), came: make(chan struct{}, 100)},
	}
	w.Late = 50 * time.Millisecond
	provider, merchant := httptest.NewServer(w.Handler()), httptest.NewServer(w.shop)
	w.url, w.notifyURL = provider.URL, merchant.URL
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		provider.Close()
		merchant.Close()
	})
	return w
}

// post sends a request and returns the status of the answer.
func (w *world) post(t *testing.T, path, key, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func (w *world) charge(t *testing.T, key, method string, amount int) int {
	t.Helper()
	return w.post(t, "/charges", key, fmt.Sprintf(`{"amount":%d,"currency":"IDR","method":%q,"notify_url":%q}`, amount, method, w.notifyURL))
}

// wait waits for so many notifications.
func (w *world) wait(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-w.shop.came:
		case <-time.After(10 * time.Second):
			t.Fatalf("the shop hears %q", w.shop.outcomes)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method        string
		status        sandbox.Status
		outcome       string
		notifications int
	}{
		{method: sandbox.Card, status: sandbox.Taken, outcome: "a taken", notifications: 1},
		{method: sandbox.CardDeclined, status: sandbox.Declined, outcome: "a declined", notifications: 1},
		{method: sandbox.CardLate, status: sandbox.Taken, outcome: "a taken", notifications: 1},
		{method: sandbox.CardTwice, status: sandbox.Taken, outcome: "a taken", notifications: 2},
		{method: sandbox.CardSilent, status: sandbox.Taken},
	}
	for _, tt := range tests {
		t.Run(tt.method, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for range 3 { // one charge, however often it is asked for
				if status := w.charge(t, "a", tt.method, 1000); status != http.StatusAccepted {
					t.Fatalf("charge = %d", status)
				}
			}
			w.wait(t, tt.notifications)
			ledger := w.Ledger()
			if len(ledger) != 1 || ledger[0].Status != tt.status || ledger[0].Amount != 1000 {
				t.Errorf("ledger = %+v, want one charge that is %s", ledger, tt.status)
			}
			w.shop.mu.Lock()
			defer w.shop.mu.Unlock()
			if len(w.shop.outcomes) != tt.notifications || len(w.shop.ids) != tt.notifications {
				t.Errorf("the shop hears %q by %d notifications, want %d", w.shop.outcomes, len(w.shop.ids), tt.notifications)
			}
			for _, outcome := range w.shop.outcomes {
				if outcome != tt.outcome {
					t.Errorf("the shop hears %q, want %q", outcome, tt.outcome)
				}
			}
		})
	}
}

func TestNotificationsComeUntilTheyAreTakenIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.shop.refusals = 2
	w.charge(t, "a", sandbox.Card, 1000)
	w.wait(t, 1)
}

func TestRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.charge(t, "taken", sandbox.CardSilent, 1000)
	w.charge(t, "declined", sandbox.CardDeclined, 1000)
	for _, key := range []string{"taken", "declined", "never seen", "taken"} {
		if status := w.post(t, "/charges/"+strings.ReplaceAll(key, " ", "%20")+"/refund", "", ""); status != http.StatusOK {
			t.Errorf("refund of %s = %d", key, status)
		}
	}
	if status := w.charge(t, "never seen", sandbox.Card, 1000); status != http.StatusAccepted {
		t.Errorf("charge after its refund = %d", status)
	}
	want := map[string]sandbox.Status{"taken": sandbox.Refunded, "declined": sandbox.Declined, "never seen": sandbox.Refunded}
	for _, c := range w.Ledger() {
		if c.Status != want[c.Key] {
			t.Errorf("%s is %s, want %s", c.Key, c.Status, want[c.Key])
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.charge(t, "a", sandbox.CardSilent, 1000)
	tests := []struct {
		name, key, body string
		want            int
	}{
		{name: "no JSON", key: "b", body: "{", want: http.StatusBadRequest},
		{name: "no key", body: `{"amount":1,"currency":"IDR","method":"card","notify_url":"http://a"}`, want: http.StatusBadRequest},
		{name: "no amount", key: "b", body: `{"currency":"IDR","method":"card","notify_url":"http://a"}`, want: http.StatusUnprocessableEntity},
		{name: "unknown method", key: "b", body: `{"amount":1,"currency":"IDR","method":"cash","notify_url":"http://a"}`, want: http.StatusUnprocessableEntity},
		{name: "nowhere to notify", key: "b", body: `{"amount":1,"currency":"IDR","method":"card","notify_url":"a"}`, want: http.StatusUnprocessableEntity},
		{name: "another charge with the key", key: "a", body: `{"amount":1,"currency":"IDR","method":"card","notify_url":"http://a"}`, want: http.StatusConflict},
	}
	for _, tt := range tests {
		if got := w.post(t, "/charges", tt.key, tt.body); got != tt.want {
			t.Errorf("%s: charge = %d, want %d", tt.name, got, tt.want)
		}
	}
	if n := len(w.Ledger()); n != 1 {
		t.Errorf("the ledger has %d charges, want 1", n)
	}
}

// TestStrangers have no key, or another one.
func TestStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, authorization := range []string{"", "Bearer ", "Bearer " + apiKey + "s", apiKey} {
		for _, asked := range []string{"POST /charges", "POST /charges/1/refund", "GET /charges"} {
			method, path, _ := strings.Cut(asked, " ")
			r := httptest.NewRequest(method, path, strings.NewReader(`{"amount":1,"currency":"IDR","method":"card","notify_url":"http://shop"}`))
			r.Header.Set("Authorization", authorization)
			r.Header.Set("Idempotency-Key", "1")
			answer := httptest.NewRecorder()
			w.Handler().ServeHTTP(answer, r)
			if answer.Code != http.StatusUnauthorized {
				t.Errorf("%s with %q: %d, want 401", asked, authorization, answer.Code)
			}
		}
	}
	if ledger := w.Ledger(); len(ledger) != 0 {
		t.Errorf("Ledger() = %+v, want nothing", ledger)
	}
}
