// Package githubtest is a GitHub for tests: its REST API, as far as publishing
// uses it, and git over HTTP by git's own backend, with real repositories. What
// passes through the API is held against GitHub's published OpenAPI description
// where that is at hand.
package githubtest

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
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
	// nothing there yet: 404, or by turns 409 from the API.
	Making int
	// RunsAfter is how many looks a workflow run takes to appear; -1 is never.
	RunsAfter int
	// Red names the jobs that fail.
	Red []string
	// Enterprise makes it a server of somebody's own: over TLS, with the API
	// below /api/v3/, and there alone.
	Enterprise bool
	// Polls are the errors that a device which logs in gets, one after another,
	// before its token; authorization_pending once by default.
	Polls []string
	// Addr is where it listens, on loopback and a free port by default.
	Addr string
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
	if o.Polls == nil {
		o.Polls = []string{"authorization_pending"}
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	return o
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
	polls      []string // what is left of them
	closed     sync.Once
}

// New starts a server on loopback. It is held against the OpenAPI description
// where `make openapi` has fetched that.
func New(options Options) (_ *Server, err error) {
	s := &Server{options: options.withDefaults(), dir: options.Dir, closing: make(chan struct{})}
	s.polls = s.options.Polls
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "githubtest-"); err != nil {
			return nil, err
		}
		s.temp = true
		defer func() {
			if err != nil {
				_ = os.RemoveAll(s.dir) // as in Close
			}
		}()
	}
	if s.git, err = gitBackend(s.dir); err != nil {
		return nil, err
	}
	if s.schema, err = loadSchema(); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	s.routes = s.api()
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", s.options.Addr)
	if err != nil {
		return nil, err
	}
	s.http = &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute}}
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

// Close ends the server, once.
func (s *Server) Close() {
	s.closed.Do(func() {
		close(s.closing)
		s.http.CloseClientConnections()
		s.http.Close()
		if s.temp {
			_ = os.RemoveAll(s.dir) // a temporary folder
		}
	})
}

// base is what the API's paths follow.
func (s *Server) base() string {
	if s.options.Enterprise {
		return s.URL + "api/v3/"
	}
	return s.URL
}

// Fault sets what is asked for each request whether and how it goes wrong; nil
// for nothing does. It is asked for one request at a time, and may not call the
// server meanwhile.
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

// Described reports whether the OpenAPI description is at hand.
func (s *Server) Described() bool { return s.schema != nil }
