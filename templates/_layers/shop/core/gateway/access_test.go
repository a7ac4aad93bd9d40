package gateway_test

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/gateway"
	"example.com/app/internal/auth"
	"example.com/app/internal/limit"
	"example.com/app/platform/identity"
)

// TestIdentity tries to come as somebody else.
func TestIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var passport string
	w.order = func(_ http.ResponseWriter, r *http.Request) {
		passport = r.Header.Get(identity.Header)
		if r.Header.Get("Authorization") != "" {
			t.Error("the access token goes on to the service")
		}
	}
	actor, token := w.token(t)
	forged, err := identity.NewGate([]byte(strings.Repeat("x", identity.SeedSize)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	fake, err := forged.Sign(auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}, "order")
	if err != nil {
		t.Fatal(err)
	}

	w.send(t, http.MethodGet, "/v1/orders", "", "Authorization", "Bearer "+token, identity.Header, fake)
	got, err := w.verify(t, "order", passport)
	if err != nil || got != actor {
		t.Errorf("the service is told %+v, %v, want %+v", got, err, actor)
	}
	own := passport
	for _, line := range []struct{ method, path string }{
		{http.MethodGet, "/v1/orders"}, {http.MethodPost, "/webhooks/payments"},
	} {
		w.send(t, line.method, line.path, "", identity.Header, own)
		if passport != "" {
			t.Errorf("%s %s: a guest's own passport reaches the service", line.method, line.path)
		}
	}
	before := w.arrived.Load()
	for _, bad := range []string{"Bearer " + token + "x", "Bearer " + fake, "Basic " + token, "Bearer "} {
		wantProblem(t, w.send(t, http.MethodGet, "/v1/orders", "", "Authorization", bad), http.StatusUnauthorized, "invalid-token")
	}
	if n := w.arrived.Load(); n != before {
		t.Errorf("%d requests with a bad token reach the service", n-before)
	}
}

// TestPassports: no service may show others what it was shown.
func TestPassports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	actor, token := w.token(t)
	passports := make(map[string]string)
	keep := func(service string) http.HandlerFunc {
		return func(_ http.ResponseWriter, r *http.Request) { passports[service] = r.Header.Get(identity.Header) }
	}
	w.user, w.product, w.order = keep("user"), keep("product"), keep("order")
	for _, path := range []string{"/v1/me", "/v1/products", "/v1/orders"} {
		w.send(t, http.MethodGet, path, "", "Authorization", "Bearer "+token)
	}
	services := []string{"user", "product", "order"}
	for _, shown := range services {
		for _, service := range services {
			got, err := w.verify(t, service, passports[shown])
			if service == shown && (err != nil || got != actor) {
				t.Errorf("Verify of its own passport by %s = %+v, %v, want %+v", service, got, err, actor)
			}
			if service != shown && !errors.Is(err, auth.ErrTokenInvalid) {
				t.Errorf("Verify of the passport for %s by %s = %+v, %v, want %v", shown, service, got, err, auth.ErrTokenInvalid)
			}
		}
	}
}

// TestExpired: whoever has an access token that has expired can get another with it in hand.
func TestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user = func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			rw.WriteHeader(http.StatusTeapot)
		}
	}
	old, err := identity.NewAccess([]byte(strings.Repeat("s", identity.MinSecretBytes)), time.Minute, func() time.Time { return time.Now().Add(-time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := old.Sign(auth.Actor{ID: uuid.New(), Role: auth.RoleUser})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/auth/register", "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout"} {
		if got := w.send(t, http.MethodPost, path, "{}", "Authorization", "Bearer "+token); got.status != http.StatusOK {
			t.Errorf("POST %s = %d %s, want the service's answer to a guest", path, got.status, got.body)
		}
	}
	wantProblem(t, w.send(t, http.MethodGet, "/v1/me", "", "Authorization", "Bearer "+token), http.StatusUnauthorized, "invalid-token")
}

// TestAddressLimit counts every request that goes on to a service.
func TestAddressLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, path string }{
		{name: "guest", method: http.MethodGet, path: "/v1/products"},
		{name: "session", method: http.MethodPost, path: "/v1/auth/refresh"},
		{name: "details", method: http.MethodGet, path: "/v1/orders/" + uuid.NewString() + "/details"},
		{name: "notification", method: http.MethodPost, path: "/webhooks/payments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *gateway.Options) {
				o.Limits.IP = limit.Policy{Name: "ip", Quota: 1, Window: time.Hour}
			})
			if got := w.send(t, tt.method, tt.path, ""); got.status == http.StatusTooManyRequests {
				t.Fatalf("the first request = %d", got.status)
			}
			wantProblem(t, w.send(t, tt.method, tt.path, ""), http.StatusTooManyRequests, "rate-limited")
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *gateway.Options) {
		o.Limits.LogIn = limit.Policy{Name: "login", Quota: 2, Window: time.Hour}
	})
	for range 2 {
		if got := w.send(t, http.MethodPost, "/v1/auth/login", "{}"); got.status != http.StatusOK || got.header.Get("RateLimit") == "" {
			t.Fatalf("answer = %d %v", got.status, got.header)
		}
	}
	got := w.send(t, http.MethodPost, "/v1/auth/login", "{}")
	wantProblem(t, got, http.StatusTooManyRequests, "rate-limited")
	if got.header.Get("Retry-After") == "" {
		t.Error("nobody says when to come again")
	}
	if got := w.send(t, http.MethodPost, "/v1/auth/refresh", "{}"); got.status != http.StatusOK {
		t.Errorf("refresh = %d, want the limit of log-ins to be theirs alone", got.status)
	}
}

// TestClientAddress believes X-Forwarded-For as far as trusted proxies wrote it.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		trusted   []netip.Prefix
		forwarded [2]string
		same      bool
	}{
		{name: "nobody is trusted", forwarded: [2]string{"192.0.2.1", "192.0.2.2"}, same: true},
		{name: "the proxy is", trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, forwarded: [2]string{"192.0.2.1", "192.0.2.2"}},
		{name: "what clients claim is not", trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, forwarded: [2]string{"10.0.0.1, 192.0.2.1", "10.0.0.2, 192.0.2.1"}, same: true},
		{name: "a network of IPv6 is one client", trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, forwarded: [2]string{"2001:db8::1", "2001:db8::2"}, same: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *gateway.Options) {
				o.TrustedProxies = tt.trusted
				o.Limits.IP = limit.Policy{Name: "ip", Quota: 1, Window: time.Hour}
			})
			w.send(t, http.MethodGet, "/v1/products", "", "X-Forwarded-For", tt.forwarded[0])
			got := w.send(t, http.MethodGet, "/v1/products", "", "X-Forwarded-For", tt.forwarded[1])
			if limited := got.status == http.StatusTooManyRequests; limited != tt.same {
				t.Errorf("the second request is limited: %t, want %t", limited, tt.same)
			}
		})
	}
}
