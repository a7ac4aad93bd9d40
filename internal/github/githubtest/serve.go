package githubtest

import (
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

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

// Fault is how a request goes wrong. What it answers is not held against the
// description: most of it is described nowhere, or comes from a proxy.
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

// serve is every request's way: noted, perhaps made to fail, carried out, held
// against the description, answered.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has left
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
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
	kind := API
	switch {
	case gitPath.MatchString(r.URL.Path):
		kind = Git
	case strings.HasPrefix(r.URL.Path, "/login/"):
		kind = Login
	case s.options.Enterprise:
		if path, below := strings.CutPrefix(r.URL.Path, "/api/v3"); below {
			r.URL.Path = path
		} else {
			r.URL.Path = "/not-below-api-v3" + r.URL.Path // which nobody knows
		}
	}
	req := Request{Kind: kind, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	if kind == API || kind == Git && strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
		req.Body = string(body) // a command and its arguments, of git's; what is pushed may be large
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
