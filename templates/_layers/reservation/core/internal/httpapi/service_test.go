package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/app/api"
	"example.com/app/internal/httpapi"
)

func TestHealth(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		for path, status := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
			got := decode[struct{ Status string }](t, s.send(t, guest, "GET "+path, nil).want(t, 200))
			if got.Status != status {
				t.Errorf("GET %s: %q, want %q", path, got.Status, status)
			}
		}
	})
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores(), func(o *httpapi.Options) {
		o.Ready = func(context.Context) error { return errors.New("the database does not answer") }
	})
	got := s.send(t, guest, "GET /readyz", nil).wantProblem(t, 503, "unavailable").wantHeader(t, "Retry-After", "1")
	if p := decode[problem](t, got); p.Detail != "the database does not answer" {
		t.Errorf("GET /readyz: detail %q, want the reason", p.Detail)
	}
	s.send(t, guest, "GET /healthz", nil).want(t, 200)
}

func TestSpec(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	got := s.send(t, guest, "GET /openapi.yaml", nil).want(t, 200).wantHeader(t, "Content-Type", "application/yaml")
	if !bytes.Equal(got.body, api.Spec) {
		t.Error("GET /openapi.yaml: not the file api/openapi.yaml, byte for byte")
	}
}

func TestDocs(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	for _, path := range []string{"/docs", "/docs/"} {
		r, _ := s.request(t, guest, "GET "+path, nil)
		got := s.exchange(t, r).want(t, 200).wantHeader(t, "Content-Type", "text/html")
		for _, part := range []string{"/openapi.yaml", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"} {
			if !strings.Contains(string(got.body), part) {
				t.Errorf("GET %s: a page without %s", path, part)
			}
		}
	}
	// The system's table of media types has a say in the rest.
	for file, contentType := range map[string]string{"swagger-ui.css": "/css", "swagger-ui-bundle.js": "/javascript"} {
		got := s.send(t, guest, "GET /docs/"+file, nil).want(t, 200)
		if !strings.Contains(got.header.Get("Content-Type"), contentType) || len(got.body) < 1000 {
			t.Errorf("%s: %d bytes of %s, want the whole file", got.line, len(got.body), got.header.Get("Content-Type"))
		}
	}
	s.send(t, guest, "GET /docs/nothing.css", nil).want(t, 404)
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	for _, line := range []string{
		"GET /", "GET /v1", "GET /v1/", "GET /v1/nothing", "GET /v1/rooms/", "GET /V1/rooms", "GET /v1//rooms", "GET /v1/rooms//",
		"POST /v1/auth/login/", "GET /v1/rooms/0195f3a0-0000-7000-8000-000000000000/reservations", "GET /healthz/",
		"GET /v1/rooms/../rooms", "GET /v1/%2e%2e/healthz",
	} {
		for _, by := range []account{guest, s.admin, {token: "expired"}} {
			s.send(t, by, line, nil).wantProblem(t, 404, "not-found")
		}
	}
}

// An escape that nobody needs says the same as the character (RFC 3986, 6.2.2.2).
func TestEscapedPaths(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	id := s.newRoom(t, "Merapi").ID
	for _, path := range []string{"/%68ealthz", "/v1/%72ooms", "/v1/rooms/" + id[:35] + fmt.Sprintf("%%%x", id[35])} {
		s.send(t, guest, "GET "+path, nil).want(t, 200)
	}
}

func TestUnknownMethods(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	tests := []struct {
		line  string
		allow []string
	}{
		{"DELETE /v1/rooms", []string{"GET", "POST"}},
		{"POST /v1/rooms/0195f3a0-0000-7000-8000-000000000000", []string{"DELETE", "GET", "PATCH", "PUT"}},
		{"OPTIONS /v1/rooms", []string{"GET", "POST"}},
		{"GET /v1/auth/login", []string{"POST"}},
		{"PUT /v1/me", []string{"GET"}},
		{"POST /healthz", []string{"GET"}},
		{"POST /docs", []string{"GET"}},
		{"BREW /v1/rooms", []string{"GET", "POST"}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			t.Parallel()
			got := s.send(t, guest, test.line, nil).wantProblem(t, 405, "method-not-allowed")
			wantSet(t, got.line+": Allow", strings.Split(got.header.Get("Allow"), ", "), test.allow)
		})
	}
}

// The answer to HEAD must not hang, whether the route is known or not.
func TestHead(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	for _, path := range []string{"/v1/rooms", "/v1/nothing"} {
		r, _ := s.request(t, guest, "HEAD "+path, nil)
		got := s.exchange(t, r)
		if got.status >= http.StatusInternalServerError || len(got.body) > 0 {
			t.Errorf("HEAD %s: status %d with %d bytes, want no failure and no body", path, got.status, len(got.body))
		}
	}
}
