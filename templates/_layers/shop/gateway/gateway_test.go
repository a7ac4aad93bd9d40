package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/api"
	"example.com/app/gateway"
	"example.com/app/internal/apitest"
	"example.com/app/internal/auth"
	"example.com/app/internal/edge"
	"example.com/app/internal/limit"
	"example.com/app/internal/memory"
	"example.com/app/internal/problem"
	"example.com/app/platform/identity"
)

// world is a gateway with services that a test makes up.
type world struct {
	url      string
	access   *identity.Access
	verifier *identity.Verifier
	// user, product and order answer in the services' place.
	user, product, order http.HandlerFunc
	arrived              atomic.Int64 // requests at any of the services
	routes               chan string  // of the requests, as they are observed
}

// newWorld starts the gateway. Change it before the first request.
func newWorld(t *testing.T, change ...func(*gateway.Options)) *world {
	t.Helper()
	w := &world{routes: make(chan string, 1000)}
	ok := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusOK) }
	w.user, w.product, w.order = ok, ok, ok
	var err error
	if w.access, err = identity.NewAccess([]byte(strings.Repeat("s", identity.MinSecretBytes)), time.Minute, time.Now); err != nil {
		t.Fatal(err)
	}
	gate, err := identity.NewGate([]byte(strings.Repeat("k", identity.SeedSize)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if w.verifier, err = identity.NewVerifier(gate.PublicKey(), time.Now); err != nil {
		t.Fatal(err)
	}
	upstream := func(name string, handler *http.HandlerFunc) *gateway.Upstream {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.arrived.Add(1)
			(*handler)(rw, r)
		}))
		t.Cleanup(server.Close)
		return gateway.NewUpstream(gateway.UpstreamOptions{
			Name: name, Replicas: []*url.URL{parse(t, server.URL)}, Transport: gateway.NewTransport(),
			Logger: slog.New(slog.DiscardHandler), Observed: func(string, string) {},
		})
	}
	plenty := limit.Policy{Name: "plenty", Quota: 100_000, Window: time.Second}
	options := gateway.Options{
		User: upstream("user", &w.user), Product: upstream("product", &w.product), Order: upstream("order", &w.order),
		Access: w.access, Gate: gate,
		Limits: gateway.Limits{
			Store: new(memory.Limits), IP: plenty, Account: plenty, LogIn: plenty, Observed: func(string, bool) {},
		},
		Specs:    [][]byte{api.Gateway, api.User, api.Product, api.Order},
		Stopping: func() bool { return false },
		Logger:   slog.New(slog.DiscardHandler),
		Observed: func(_, route string, _ int, _ time.Duration) { w.routes <- route },
		NameSpan: func(context.Context, string, string) {},
	}
	for _, c := range change {
		c(&options)
	}
	handler, err := gateway.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(edge.New(handler, edge.Options{}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// token returns an access token of a user.
func (w *world) token(t *testing.T) (auth.Actor, string) {
	t.Helper()
	actor := auth.Actor{ID: uuid.New(), Role: auth.RoleUser}
	token, _, err := w.access.Sign(actor)
	if err != nil {
		t.Fatal(err)
	}
	return actor, token
}

type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request; header holds names and values in turns.
func (w *world) send(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(content)}
}

// wantProblem fails the test unless a is a problem document of the type.
func wantProblem(t *testing.T, a answer, status int, name string) {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.header.Get("Content-Type") != problem.ContentType {
		t.Fatalf("answer = %d %s %q, want a problem document", a.status, a.header.Get("Content-Type"), a.body)
	}
	if a.status != status || p.Status != status || p.Type != "urn:problem-type:"+name {
		t.Errorf("answer = %d, %+v, want %d %s", a.status, p, status, name)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := func(service string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(rw, service+" "+r.URL.RequestURI())
		}
	}
	w.user, w.product, w.order = name("user"), name("product"), name("order")
	tests := []struct{ name, method, path, want, route string }{
		{name: "log in", method: http.MethodPost, path: "/v1/auth/login", want: "user /v1/auth/login", route: "/v1/auth/login"},
		{name: "refresh", method: http.MethodPost, path: "/v1/auth/refresh", want: "user /v1/auth/refresh", route: "/v1/auth/"},
		{name: "account", method: http.MethodGet, path: "/v1/me", want: "user /v1/me", route: "/v1/me"},
		{name: "users", method: http.MethodGet, path: "/v1/users?role=admin", want: "user /v1/users?role=admin", route: "/v1/users"},
		{name: "products", method: http.MethodGet, path: "/v1/products?q=a%20b", want: "product /v1/products?q=a%20b", route: "/v1/products"},
		{name: "product", method: http.MethodPut, path: "/v1/products/1", want: "product /v1/products/1", route: "/v1/products/"},
		{name: "orders", method: http.MethodPost, path: "/v1/orders", want: "order /v1/orders", route: "/v1/orders"},
		{name: "an escaped slash stays one", method: http.MethodGet, path: "/v1/orders/..%2fproducts", want: "order /v1/orders/..%2fproducts", route: "/v1/orders/"},
		{name: "the provider's notification", method: http.MethodPost, path: "/webhooks/payments", want: "order /webhooks/payments", route: "/webhooks/payments"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := w.send(t, tt.method, tt.path, "")
			if got.status != http.StatusOK || got.body != tt.want {
				t.Errorf("%s %s = %d %q, want %q", tt.method, tt.path, got.status, got.body, tt.want)
			}
			if route := <-w.routes; route != tt.route {
				t.Errorf("route = %q, want %q", route, tt.route)
			}
			if ids := got.header.Values("X-Request-Id"); len(ids) != 1 {
				t.Errorf("X-Request-Id = %q, want one", ids)
			}
		})
	}
	wantProblem(t, w.send(t, http.MethodGet, "/v2/orders", ""), http.StatusNotFound, "not-found")
	wrong := w.send(t, http.MethodDelete, "/webhooks/payments", "")
	wantProblem(t, wrong, http.StatusMethodNotAllowed, "method-not-allowed")
	if allow := wrong.header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow = %q, want POST", allow)
	}
}

// TestIdentity tries to come as somebody else.
func TestIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var passport string
	w.order = func(_ http.ResponseWriter, r *http.Request) {
		passport = r.Header.Get(identity.Header)
		if r.Header.Get("Authorization") != "" && passport != "" {
			t.Error("the access token goes on beside the passport")
		}
	}
	actor, token := w.token(t)
	forged, err := identity.NewGate([]byte(strings.Repeat("x", identity.SeedSize)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	fake, err := forged.Sign(auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}

	w.send(t, http.MethodGet, "/v1/orders", "", "Authorization", "Bearer "+token, identity.Header, fake)
	got, err := w.verifier.Verify(passport)
	if err != nil || got != actor {
		t.Errorf("the service is told %+v, %v, want %+v", got, err, actor)
	}
	w.send(t, http.MethodGet, "/v1/orders", "", identity.Header, passport)
	if passport != "" {
		t.Error("a guest's own passport reaches the service")
	}
	before := w.arrived.Load()
	for _, bad := range []string{"Bearer " + token + "x", "Bearer " + fake, "Basic " + token, "Bearer "} {
		wantProblem(t, w.send(t, http.MethodGet, "/v1/orders", "", "Authorization", bad), http.StatusUnauthorized, "invalid-token")
	}
	if n := w.arrived.Load(); n != before {
		t.Errorf("%d requests with a bad token reach the service", n-before)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		header []string
		status int // of the first answer; 0: the connection breaks
		want   int64
	}{
		{name: "GET, unavailable", method: http.MethodGet, status: http.StatusServiceUnavailable, want: 2},
		{name: "GET, broken", method: http.MethodGet, want: 2},
		{name: "PUT, bad gateway", method: http.MethodPut, status: http.StatusBadGateway, want: 2},
		{name: "POST is not repeated", method: http.MethodPost, status: http.StatusServiceUnavailable, want: 1},
		{name: "POST is not repeated when broken", method: http.MethodPost, want: 1},
		{name: "POST with a key is", method: http.MethodPost, header: []string{"Idempotency-Key", "a"}, want: 2},
		{name: "PATCH is not", method: http.MethodPatch, status: http.StatusServiceUnavailable, want: 1},
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
			got := w.send(t, tt.method, "/v1/orders", "{}", tt.header...)
			if n := w.arrived.Load(); n != tt.want {
				t.Errorf("%d requests arrive, want %d", n, tt.want)
			}
			switch {
			case tt.want == 2 && got.status != http.StatusOK:
				t.Errorf("answer = %d, want that of the second try", got.status)
			case tt.want == 1 && tt.status == 0:
				wantProblem(t, got, http.StatusServiceUnavailable, "unavailable")
			case tt.want == 1 && got.status != tt.status:
				t.Errorf("answer = %d, want %d", got.status, tt.status)
			}
		})
	}
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	var turns [2]atomic.Int64
	w := newWorld(t, func(o *gateway.Options) {
		var replicas []*url.URL
		for i := range turns {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { turns[i].Add(1) }))
			t.Cleanup(server.Close)
			replicas = append(replicas, parse(t, server.URL))
		}
		replicas = append(replicas, &url.URL{Scheme: "http", Host: gone(t)})
		o.Order = gateway.NewUpstream(gateway.UpstreamOptions{
			Name: "order", Replicas: replicas, Transport: gateway.NewTransport(), Logger: o.Logger, Observed: func(string, string) {},
		})
	})
	for range 30 {
		if got := w.send(t, http.MethodGet, "/v1/orders", ""); got.status != http.StatusOK {
			t.Fatalf("answer = %d, although two of three replicas are there", got.status)
		}
	}
	if a, b := turns[0].Load(), turns[1].Load(); a < 10 || b < 10 {
		t.Errorf("the replicas get %d and %d of 30 requests", a, b)
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

func TestOrderDetails(t *testing.T) {
	t.Parallel()
	id, first, second := uuid.NewString(), uuid.NewString(), uuid.NewString()
	w := newWorld(t)
	actor, token := w.token(t)
	w.order = func(rw http.ResponseWriter, r *http.Request) {
		if got, err := w.verifier.Verify(r.Header.Get(identity.Header)); err != nil || got != actor {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path != "/v1/orders/"+id {
			rw.Header().Set("Content-Type", problem.ContentType)
			rw.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(rw, `{"type":"urn:problem-type:not-found","title":"","status":404}`)
			return
		}
		_, _ = io.WriteString(rw, `{"id":"`+id+`","lines":[{"product_id":"`+first+`"},{"product_id":"`+second+`"}]}`)
	}
	w.product = func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, `{"path":"`+r.URL.Path+`"}`) }
	path := "/v1/orders/" + id + "/details"

	whole := w.send(t, http.MethodGet, path, "", "Authorization", "Bearer "+token)
	want := `{"order":{"id":"` + id + `","lines":[{"product_id":"` + first + `"},{"product_id":"` + second + `"}]},` +
		`"products":[{"path":"/v1/products/` + first + `"},{"path":"/v1/products/` + second + `"}],"complete":true}`
	if whole.status != http.StatusOK || strings.TrimSpace(whole.body) != want {
		t.Errorf("details = %d %s, want %s", whole.status, whole.body, want)
	}
	w.product = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) }
	part := w.send(t, http.MethodGet, path, "", "Authorization", "Bearer "+token)
	if part.status != http.StatusOK || !strings.Contains(part.body, `"products":[],"complete":false`) {
		t.Errorf("details without products = %d %s", part.status, part.body)
	}
	wantProblem(t, w.send(t, http.MethodGet, "/v1/orders/"+uuid.NewString()+"/details", "", "Authorization", "Bearer "+token), http.StatusNotFound, "not-found")
	wantProblem(t, w.send(t, http.MethodGet, "/v1/orders/1/details", ""), http.StatusBadRequest, "malformed-request")
	if guest := w.send(t, http.MethodGet, path, ""); guest.status != http.StatusUnauthorized {
		t.Errorf("details for a guest = %d", guest.status)
	}
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

func TestService(t *testing.T) {
	t.Parallel()
	var stopping atomic.Bool
	w := newWorld(t, func(o *gateway.Options) { o.Stopping = stopping.Load })
	for _, path := range []string{"/healthz", "/readyz", "/docs/"} {
		if got := w.send(t, http.MethodGet, path, ""); got.status != http.StatusOK {
			t.Errorf("GET %s = %d", path, got.status)
		}
	}
	spec := w.send(t, http.MethodGet, "/openapi.yaml", "")
	document, err := apitest.Load([]byte(spec.body))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, op := range document.Operations() {
		ids = append(ids, op.ID)
		if op.Answers(http.StatusTooManyRequests) != strings.HasPrefix(op.Path, "/v1/") {
			t.Errorf("the OpenAPI document says that %s may be answered 429: %t", op.ID, op.Answers(http.StatusTooManyRequests))
		}
	}
	for _, id := range []string{"logIn", "getProduct", "placeOrder", "getOrderDetails", "ready"} {
		if !slices.Contains(ids, id) {
			t.Errorf("the OpenAPI document lacks %s", id)
		}
	}
	stopping.Store(true)
	wantProblem(t, w.send(t, http.MethodGet, "/readyz", ""), http.StatusServiceUnavailable, "unavailable")
	if got := w.send(t, http.MethodGet, "/healthz", ""); got.status != http.StatusOK {
		t.Errorf("GET /healthz of a gateway that is about to stop = %d", got.status)
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.send(t, http.MethodPut, "/v1/products/1", strings.Repeat("x", 1<<20+1))
	wantProblem(t, got, http.StatusRequestEntityTooLarge, "body-too-large")
	if n := w.arrived.Load(); n != 0 {
		t.Errorf("%d requests arrive", n)
	}
}

func TestMergedSpecsMustAgree(t *testing.T) {
	t.Parallel()
	spec := func(description string) []byte {
		return []byte("paths: {}\ncomponents: {schemas: {Money: {description: " + description + "}}}\n")
	}
	for _, tt := range []struct {
		name  string
		specs [][]byte
		ok    bool
	}{
		{name: "the same twice", specs: [][]byte{spec("a"), spec("a")}, ok: true},
		{name: "two of one name", specs: [][]byte{spec("a"), spec("b")}},
		{name: "no YAML", specs: [][]byte{[]byte("paths: [")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := gateway.New(gateway.Options{Specs: tt.specs}); (err == nil) != tt.ok {
				t.Errorf("New = %v, want success: %t", err, tt.ok)
			}
		})
	}
}
