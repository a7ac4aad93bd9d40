package webtest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/apitest"
	"example.com/app/internal/auth"
	"example.com/app/internal/request"
	"example.com/app/platform/identity"
	"example.com/app/platform/web"
)

// Scene is a service in which the good request of every operation succeeds.
type Scene struct {
	*Service

	User, Admin auth.Actor
	// Replace fills in what a request has in braces, in pairs of old and new.
	Replace []string
}

// Request is the good request of an operation, and the status that everybody gets for it.
type Request struct {
	Operation string // its operationId
	Line      string
	Body      string
	Headers   []string

	Guest, User, Admin int
}

// Suite is what every service must do, whatever it is about.
type Suite struct {
	Contract *apitest.Contract
	Requests []Request // one for each operation
	// New returns a fresh scene.
	New func(t *testing.T) Scene
	// Start serves the API on stores that work.
	Start func(t *testing.T, change ...func(*web.Options)) *Service
	// StartAway serves it on stores that do not answer.
	StartAway func(t *testing.T) *Service
}

// Run tests all of it.
func (s Suite) Run(t *testing.T) {
	t.Run("roles", s.roles)
	t.Run("faults", s.faults)
	t.Run("outage", s.outage)
	t.Run("identity", s.identity)
	t.Run("routes", s.routes)
	t.Run("health", s.health)
}

// of returns the good request of an operation.
func (s Suite) of(t *testing.T, op apitest.Operation) Request {
	t.Helper()
	i := slices.IndexFunc(s.Requests, func(r Request) bool { return r.Operation == op.ID })
	if i < 0 {
		t.Fatalf("the suite has no request for %s", op.ID)
	}
	return s.Requests[i]
}

func (s Scene) send(t *testing.T, by auth.Actor, r Request) Answer {
	t.Helper()
	fill := strings.NewReplacer(s.Replace...)
	var body any
	if r.Body != "" {
		body = fill.Replace(r.Body)
	}
	return s.Send(t, by, fill.Replace(r.Line), body, r.Headers...)
}

// roles sends the good request of every operation as everybody.
func (s Suite) roles(t *testing.T) {
	for _, op := range s.Contract.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			good := s.of(t, op)
			for _, status := range []struct {
				by   func(Scene) auth.Actor
				want int
			}{
				{func(Scene) auth.Actor { return auth.Actor{} }, good.Guest},
				{func(s Scene) auth.Actor { return s.User }, good.User},
				{func(s Scene) auth.Actor { return s.Admin }, good.Admin},
			} {
				scene := s.New(t)
				scene.send(t, status.by(scene), good).Want(t, status.want)
			}
		})
	}
	if len(s.Requests) != len(s.Contract.Operations()) {
		t.Errorf("%d requests for %d operations", len(s.Requests), len(s.Contract.Operations()))
	}
}

// fault is something wrong that a client sends.
type fault struct {
	name   string
	to     func(apitest.Operation) bool
	change func(*Request)
	status int
	want   string
	fields []string
	guest  bool
}

func header(pairs ...string) func(*Request) {
	return func(r *Request) { r.Headers = append(slices.Clone(r.Headers), pairs...) }
}

func body(b string) func(*Request) { return func(r *Request) { r.Body = b } }

func query(parameters string) func(*Request) {
	return func(r *Request) {
		path, _, _ := strings.Cut(r.Line, "?")
		r.Line = path + "?" + parameters
	}
}

func otherID(id string) func(*Request) {
	return func(r *Request) { r.Line = strings.Replace(r.Line, "{id}", id, 1) }
}

func allFaults() []fault {
	const tooLong = request.MaxBodyBytes + 1
	var (
		takesBody = apitest.Operation.TakesBody
		takesID   = apitest.Operation.TakesID
		takesPage = apitest.Operation.TakesPage
		ifMatch   = apitest.Operation.TakesIfMatch
		login     = apitest.Operation.NeedsLogin
	)
	return []fault{
		{"no identity", login, func(*Request) {}, 401, "unauthenticated", nil, true},
		{"no identity and a bad body", func(op apitest.Operation) bool { return login(op) && takesBody(op) }, body("{"), 401, "unauthenticated", nil, true},
		{"no media type", takesBody, header("Content-Type", ""), 415, "unsupported-media-type", nil, false},
		{"form", takesBody, header("Content-Type", "application/x-www-form-urlencoded"), 415, "unsupported-media-type", nil, false},
		{"long body", takesBody, body(`{"name":"` + strings.Repeat("a", tooLong) + `"}`), 413, "body-too-large", nil, false},
		{"broken JSON", takesBody, body("{"), 400, "malformed-request", nil, false},
		{"two objects", takesBody, body("{} {}"), 400, "malformed-request", nil, false},
		{"array", takesBody, body("[]"), 400, "malformed-request", nil, false},
		{"unknown field", takesBody, body(`{"colour":"red"}`), 400, "malformed-request", []string{"colour"}, false},
		{"field given twice", takesBody, body(`{"colour":1,"colour":1}`), 400, "malformed-request", []string{"colour"}, false},
		{"no If-Match", ifMatch, header("If-Match", ""), 428, "if-match-required", nil, false},
		{"stale If-Match", ifMatch, header("If-Match", `"99"`), 412, "version-mismatch", nil, false},
		{"unknown id", takesID, otherID(uuid.Max.String()), 404, "not-found", nil, false},
		{"number for an id", takesID, otherID("1"), 400, "malformed-request", []string{"id"}, false},
		{"unknown parameter", takesPage, query("colour=red"), 400, "malformed-request", []string{"colour"}, false},
		{"page 0", takesPage, query("page=0"), 400, "malformed-request", []string{"page"}, false},
		{"long page", takesPage, query("page_size=101"), 400, "malformed-request", []string{"page_size"}, false},
		{"order in SQL", takesPage, query("sort=created_at%20desc"), 400, "malformed-request", []string{"sort"}, false},
	}
}

// faults sends every fault to every operation that can have it.
func (s Suite) faults(t *testing.T) {
	scene := s.New(t)
	for _, f := range allFaults() {
		t.Run(f.name, func(t *testing.T) {
			for _, op := range s.Contract.Operations() {
				bad := s.of(t, op)
				if !f.to(op) || strings.HasPrefix(bad.Line, "POST /webhooks/") { // whose bodies are the sender's affair
					continue
				}
				f.change(&bad)
				by := scene.Admin
				if f.guest {
					by = auth.Actor{}
				}
				scene.send(t, by, bad).WantProblem(t, f.status, f.want, f.fields...)
			}
		})
	}
}

// outage asks for everything while the stores do not answer: an operation says so, or needs
// none of them.
func (s Suite) outage(t *testing.T) {
	scene := s.New(t)
	scene.Service = s.StartAway(t)
	for _, op := range s.Contract.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			got := scene.send(t, scene.Admin, s.of(t, op)).WantProblem(t, http.StatusServiceUnavailable, "unavailable")
			if got.Header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After = %q, want 1", got.Header.Get("Retry-After"))
			}
			if strings.Contains(string(got.Body), "127.0.0.1") {
				t.Errorf("tells where the database is: %s", got.Body)
			}
		})
	}
}

// identity asks with passports that the gateway has not signed.
func (s Suite) identity(t *testing.T) {
	scene := s.New(t)
	signed, _ := scene.request(t, scene.Admin, "GET /", nil)
	passport := signed.Header.Get(identity.Header)
	head, rest, _ := strings.Cut(passport, ".")
	for name, forged := range map[string]string{
		"nonsense":        "x",
		"role as text":    "admin",
		"no signature":    passport[:strings.LastIndex(passport, ".")+1],
		"other signature": passport[:len(passport)-8] + "AAAAAAAA",
		"no algorithm":    "eyJhbGciOiJub25lIn0." + rest,
		"other head":      strings.ToUpper(head) + "." + rest,
	} {
		t.Run(name, func(t *testing.T) {
			for _, op := range s.Contract.Operations() {
				if op.Answers(http.StatusUnauthorized) {
					good := s.of(t, op)
					good.Headers = append(slices.Clone(good.Headers), identity.Header, forged)
					scene.send(t, auth.Actor{}, good).WantProblem(t, http.StatusUnauthorized, "invalid-token")
				}
			}
		})
	}
}

// routes asks for what there is not.
func (s Suite) routes(t *testing.T) {
	scene := s.New(t)
	for _, line := range []string{"GET /", "GET /v1", "GET /v1/nothing", "GET /healthz/"} {
		scene.Send(t, scene.Admin, line, nil).WantProblem(t, http.StatusNotFound, "not-found")
	}
	for _, op := range s.Contract.Operations() {
		_, path, _ := strings.Cut(s.of(t, op).Line, " ")
		brew := Request{Line: "BREW " + path}
		got := scene.send(t, scene.Admin, brew).WantProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
		if !strings.Contains(got.Header.Get("Allow"), op.Method) {
			t.Errorf("%s: Allow = %q, want %s in it", got.Line, got.Header.Get("Allow"), op.Method)
		}
	}
}

// health asks whether the service lives, and whether requests can be served.
func (s Suite) health(t *testing.T) {
	ask := func(s *Service, path string) Answer {
		r, _ := s.request(t, auth.Actor{}, "GET "+path, nil)
		return s.exchange(t, r)
	}
	well := s.Start(t)
	ask(well, "/healthz").Want(t, http.StatusOK)
	ask(well, "/readyz").Want(t, http.StatusOK)
	ask(well, "/openapi.yaml").Want(t, http.StatusOK)
	ill := s.Start(t, func(o *web.Options) {
		o.Ready = func(context.Context) error { return errors.New("the database does not answer") }
	})
	ask(ill, "/healthz").Want(t, http.StatusOK)
	got := ask(ill, "/readyz").WantProblem(t, http.StatusServiceUnavailable, "unavailable")
	if !strings.Contains(string(got.Body), "the database does not answer") {
		t.Errorf("/readyz = %s, want the reason", got.Body)
	}
}
