// Package webtest asks a service what the gateway would ask it, and holds every answer
// against the service's OpenAPI document.
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/apitest"
	"example.com/app/internal/auth"
	"example.com/app/internal/problem"
	"example.com/app/platform/identity"
	"example.com/app/platform/web"
)

// audience is what the service under test calls itself.
const audience = "service"

// Service is a service at work.
type Service struct {
	contract *apitest.Contract
	gate     *identity.Gate
	url      string
}

// Start serves the API that newAPI makes until the test ends. Change changes the options
// that it gets.
func Start(t *testing.T, contract *apitest.Contract, newAPI func(web.Options) (http.Handler, error), change ...func(*web.Options)) *Service {
	t.Helper()
	gate, err := identity.NewGate(bytes.Repeat([]byte("k"), identity.SeedSize), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := identity.NewVerifier(gate.PublicKey(), audience, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	options := web.Options{
		Identity: verifier,
		Ready:    func(context.Context) error { return nil },
		Logger:   slog.New(slog.DiscardHandler),
		Observed: func(string, string, int, time.Duration) {},
		NameSpan: func(context.Context, string, string) {},
	}
	for _, c := range change {
		c(&options)
	}
	handler, err := newAPI(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &Service{contract: contract, gate: gate, url: server.URL}
}

// NewActor returns somebody new with a role.
func NewActor(role auth.Role) auth.Actor { return auth.Actor{ID: uuid.New(), Role: role} }

// Answer is what came back for a request.
type Answer struct {
	apitest.Answer

	Line string // the request, such as "GET /v1/products"
}

// Send sends a request of the actor, which line names by method and path, and fails the
// test unless the answer keeps the contract. The blank actor is a guest. The body is sent
// as it is if it is a string, and as JSON otherwise; nil is none. Headers are names and
// values in turn; one without a value is not sent at all.
func (s *Service) Send(t *testing.T, by auth.Actor, line string, body any, headers ...string) Answer {
	t.Helper()
	r, sent := s.request(t, by, line, body, headers...)
	got := s.exchange(t, r)
	if err := s.contract.Check(r, sent, got.Answer); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return got
}

func (s *Service) request(t *testing.T, by auth.Actor, line string, body any, headers ...string) (r *http.Request, sent []byte) {
	t.Helper()
	switch body := body.(type) {
	case nil:
	case string:
		sent = []byte(body)
	default:
		var err error
		if sent, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	method, path, _ := strings.Cut(line, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if by != (auth.Actor{}) {
		passport, err := s.gate.Sign(by, audience)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(identity.Header, passport)
	}
	for header := range slices.Chunk(headers, 2) {
		r.Header.Del(header[0])
		if header[1] != "" {
			r.Header.Set(header[0], header[1])
		}
	}
	return r, sent
}

// exchange sends a request and does not judge the answer.
func (*Service) exchange(t *testing.T, r *http.Request) Answer {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	return Answer{
		Answer: apitest.Answer{Status: response.StatusCode, Header: response.Header, Body: body},
		Line:   r.Method + " " + r.URL.RequestURI(),
	}
}

// Want fails the test at any other status.
func (a Answer) Want(t *testing.T, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: status %d, want %d: %s", a.Line, a.Status, status, a.Body)
	}
	return a
}

// WantProblem fails the test unless the answer is a problem of the status and type given,
// which names the fields given and no other.
func (a Answer) WantProblem(t *testing.T, status int, name string, fields ...string) Answer {
	t.Helper()
	a.Want(t, status)
	p := Decode[problem.Problem](t, a)
	if want := "urn:problem-type:" + name; p.Type != want {
		t.Errorf("%s: problem type %q, want %q: %s", a.Line, p.Type, want, a.Body)
	}
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Field)
	}
	if !slices.Equal(named, fields) {
		t.Errorf("%s: fields at fault %q, want %q: %s", a.Line, named, fields, a.Body)
	}
	return a
}

// Decode reads the JSON of an answer.
func Decode[T any](t *testing.T, a Answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.Body, &v); err != nil {
		t.Fatalf("%s: %v: %s", a.Line, err, a.Body)
	}
	return v
}
