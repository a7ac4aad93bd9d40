package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	url    string
	access *identity.Access
	gate   *identity.Gate
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
	if w.gate, err = identity.NewGate([]byte(strings.Repeat("k", identity.SeedSize)), time.Now); err != nil {
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
		Access: w.access, Gate: w.gate,
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

// verify is what a service makes of a passport.
func (w *world) verify(t *testing.T, service, passport string) (auth.Actor, error) {
	t.Helper()
	verifier, err := identity.NewVerifier(w.gate.PublicKey(), service, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return verifier.Verify(passport)
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
	return w.stream(t, method, path, strings.NewReader(body), header...)
}

// stream is send with a body whose length is known only if it is in memory.
func (w *world) stream(t *testing.T, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, body)
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
	return readAnswer(t, response)
}

func readAnswer(t *testing.T, response *http.Response) answer {
	t.Helper()
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
		{name: "a query that cannot be read stays for the service to refuse", method: http.MethodGet, path: "/v1/orders?status=cancelled;x&page=2", want: "order /v1/orders?status=cancelled;x&page=2", route: "/v1/orders"},
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

func TestOrderDetails(t *testing.T) {
	t.Parallel()
	id, first, second := uuid.NewString(), uuid.NewString(), uuid.NewString()
	w := newWorld(t)
	actor, token := w.token(t)
	w.order = func(rw http.ResponseWriter, r *http.Request) {
		if got, err := w.verify(t, "order", r.Header.Get(identity.Header)); err != nil || got != actor {
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
	w.product = func(rw http.ResponseWriter, r *http.Request) {
		if got, err := w.verify(t, "product", r.Header.Get(identity.Header)); err != nil || got != actor {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(rw, `{"path":"`+r.URL.Path+`"}`)
	}
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
		toService := strings.HasPrefix(op.Path, "/v1/") || strings.HasPrefix(op.Path, "/webhooks/")
		if got := op.Answers(http.StatusTooManyRequests); got != toService {
			t.Errorf("the OpenAPI document says that %s may be answered 429: %t, want %t", op.ID, got, toService)
		}
		if got, want := op.Answers(http.StatusBadGateway), toService && op.Method != http.MethodGet; got != want {
			t.Errorf("the OpenAPI document says that %s may be answered 502: %t, want %t", op.ID, got, want)
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
