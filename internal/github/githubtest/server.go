// Package githubtest is a GitHub for tests: its REST API, as far as publishing
// uses it, and git over HTTP by git's own backend, with real repositories. What
// passes through the API is held against GitHub's published OpenAPI description
// where that is at hand.
package githubtest

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

// Account is a user or an organisation.
type Account struct {
	Login string
	Plan  string // such as "free" or "pro"; it is told to the account itself and to members
	// Members are the users of an organisation, and what makes it one.
	Members []string
	// NoPublic and NoPrivate say which repositories members may not create.
	NoPublic, NoPrivate bool
}

// Token is what a request presents itself by.
type Token struct {
	Login  string
	Scopes []string
	// FineGrained tokens have permissions in the place of scopes, of which the
	// API tells nothing. NoWorkflows leaves the one for workflows out.
	FineGrained bool
	NoWorkflows bool
}

// Secret is the token of the user octocat, with the scopes that publishing
// needs.
const Secret = "gho_OctocatsOwnTokenForTestsOnly00000001" //nolint:gosec // opens nothing

// Options say who is there. The zero value has the user octocat, with the token
// Secret, and the organisation acme, of which octocat is a member, both on the
// free plan, and the user hubot.
type Options struct {
	Accounts []Account
	Tokens   map[string]Token
	// Dir is where the bare repositories are; a temporary folder by default.
	Dir string
	// Making is how many requests to a new repository, API and git, find
	// nothing there yet.
	Making int
	// RunsAfter is how many looks a workflow run takes to appear; -1 is never.
	RunsAfter int
	// Red names the jobs that fail.
	Red []string
	// Enterprise makes it a server of somebody's own: over TLS, with the API
	// below /api/v3/.
	Enterprise bool
	// Log is told of each request.
	Log func(Request)
}

func (o Options) withDefaults() Options {
	if o.Accounts == nil {
		o.Accounts = []Account{
			{Login: "octocat", Plan: "free"}, {Login: "hubot", Plan: "free"},
			{Login: "acme", Plan: "free", Members: []string{"octocat"}},
		}
	}
	if o.Tokens == nil {
		o.Tokens = map[string]Token{Secret: {Login: "octocat", Scopes: []string{"repo", "workflow", "read:org"}}}
	}
	return o
}

// Kind is which part of the server a request is for.
type Kind string

// The kinds.
const (
	API   Kind = "api"
	Git   Kind = "git"
	Login Kind = "login"
)

// Request is one request as it came. The token is not kept.
type Request struct {
	N      int // from 1
	Kind   Kind
	Method string
	Path   string
	Query  string
	Body   string // of API requests, and of what git asks for
	Status int    // of the answer; 0 where there was none
}

// Write reports whether the request may change something.
func (r Request) Write() bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.HasSuffix(r.Path, "/git-upload-pack")
}

// Fault is how a request goes wrong.
type Fault struct {
	// CarriedOut says that the server does what is asked for, and only the
	// answer goes wrong.
	CarriedOut bool

	// One of these.
	Status int // with Header and Body
	Header map[string]string
	Body   string
	Hang   bool   // no answer until the client leaves
	Cut    bool   // the connection ends
	Do     func() // the connection ends after this
}

// Server is a GitHub.
type Server struct {
	// URL is the base URL of git, of log-in and, but for Enterprise, of the API,
	// with a slash at the end.
	URL string

	options Options
	dir     string
	temp    bool
	git     http.Handler
	http    *httptest.Server
	routes  *http.ServeMux
	schema  *schema // nil where it is not at hand
	closing chan struct{}

	mu         sync.Mutex
	repos      []*repository
	requests   []Request
	fault      func(Request) *Fault
	violations []string
	lastID     int
	devicePoll int
}

// New starts a server on loopback. It is held against the OpenAPI description
// where `make openapi` has fetched that.
func New(options Options) (*Server, error) {
	s := &Server{options: options.withDefaults(), dir: options.Dir, closing: make(chan struct{})}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "githubtest-")
		if err != nil {
			return nil, err
		}
		s.dir, s.temp = dir, true
	}
	var err error
	if s.git, err = gitBackend(s.dir); err != nil {
		return nil, err
	}
	if s.schema, err = loadSchema(); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	s.routes = s.api()
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	if s.options.Enterprise {
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	s.URL = s.http.URL + "/"
	return s, nil
}

// Certificate is what clients of an Enterprise server have to trust, as PEM.
func (s *Server) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.http.Certificate().Raw})
}

// Start starts a server that ends with the test, which fails where something
// passed that GitHub's OpenAPI description does not allow, or that no client
// may do: an unknown request, a forced push. Where the description is not at
// hand, it says so.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	live.Tool(t, "git")
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	s, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	if s.schema == nil {
		if live.Required() {
			t.Fatal("GitHub's OpenAPI description is missing, and SCAFFOLD_LIVE=required: make openapi")
		}
		t.Log("GitHub's OpenAPI description is missing: requests and answers are not held against it (make openapi)")
	}
	t.Cleanup(func() {
		s.Close()
		for _, v := range s.Violations() {
			t.Error(v)
		}
	})
	return s
}

// Close ends the server.
func (s *Server) Close() {
	close(s.closing)
	s.http.CloseClientConnections()
	s.http.Close()
	if s.temp {
		_ = os.RemoveAll(s.dir) // a temporary folder
	}
}

// Fault sets what is asked for each request whether and how it goes wrong; nil
// for nothing does.
func (s *Server) Fault(ask func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = ask
}

// Requests returns what has been asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Violations says what has passed that may not.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.violations)
	for _, r := range s.repos {
		all = append(all, r.forced()...)
	}
	return all
}

func (s *Server) violation(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

// serve is every request's way: noted, perhaps made to fail, carried out, held
// against the description, answered.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has left
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if s.options.Enterprise {
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/api/v3")
	}
	req, fault := s.note(r, body)
	status := 0
	defer func() {
		s.mu.Lock()
		s.requests[req.N-1].Status = status
		req = s.requests[req.N-1]
		s.mu.Unlock()
		if s.options.Log != nil {
			s.options.Log(req)
		}
	}()
	if fault != nil && !fault.CarriedOut {
		status = s.fail(w, r, fault)
		return
	}
	answer := httptest.NewRecorder()
	switch req.Kind {
	case Git:
		s.serveGit(answer, r)
	case Login:
		s.serveLogin(answer, r)
	default:
		s.serveAPI(answer, r, body)
	}
	if fault != nil {
		status = s.fail(w, r, fault)
		return
	}
	status = answer.Code
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = answer.Body.WriteTo(w) // a client that left has its own error
}

func (s *Server) note(r *http.Request, body []byte) (Request, *Fault) {
	req := Request{Kind: API, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	switch {
	case gitPath.MatchString(r.URL.Path):
		req.Kind = Git
		if strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			req.Body = string(body) // a command and its arguments; what is pushed may be large
		}
	case strings.HasPrefix(r.URL.Path, "/login/"):
		req.Kind = Login
	default:
		req.Body = string(body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	req.N = len(s.requests) + 1
	s.requests = append(s.requests, req)
	if s.fault == nil {
		return req, nil
	}
	return req, s.fault(req)
}

// fail answers, or does not, as the fault says, and returns the status.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault) int {
	switch {
	case f.Status != 0:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body) //nolint:gosec // as above; no browser reads it
		return f.Status
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		case <-time.After(time.Minute): // longer than any test's patience
		}
	case f.Do != nil:
		f.Do()
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as when a server dies
		}
		_ = conn.Close()
	}
	return 0
}

// Described reports whether the OpenAPI description is at hand.
func (s *Server) Described() bool { return s.schema != nil }
