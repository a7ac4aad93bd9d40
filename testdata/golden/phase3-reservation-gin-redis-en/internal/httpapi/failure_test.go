package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/acme/reservation-api/internal/auth"
	"github.com/acme/reservation-api/internal/httpapi"
	"github.com/acme/reservation-api/internal/outage"
)

func TestFailure(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3: secret")
	tests := []struct {
		name   string
		fail   func(http.ResponseWriter, *http.Request) error
		status int
		body   string // a part of it
		level  string // of the log record, or none
	}{
		{
			"fault of the client",
			func(http.ResponseWriter, *http.Request) error { return fmt.Errorf("do it: %w", auth.ErrForbidden) },
			http.StatusForbidden, "urn:problem-type:forbidden", "",
		},
		{
			"outage",
			func(http.ResponseWriter, *http.Request) error { return errors.Join(outage.ErrUnavailable, secret) },
			http.StatusServiceUnavailable, "urn:problem-type:unavailable", "WARN",
		},
		{
			"unknown",
			func(http.ResponseWriter, *http.Request) error { return secret },
			http.StatusInternalServerError, "urn:problem-type:internal", "ERROR",
		},
		{
			"panic",
			func(http.ResponseWriter, *http.Request) error { panic(secret.Error()) },
			http.StatusInternalServerError, "urn:problem-type:internal", "ERROR",
		},
		{
			"panic with an error that clients are told of",
			func(http.ResponseWriter, *http.Request) error { panic(auth.ErrForbidden) },
			http.StatusInternalServerError, "urn:problem-type:internal", "ERROR",
		},
		{
			"after the answer has begun",
			func(w http.ResponseWriter, _ *http.Request) error {
				_, err := io.WriteString(w, "half of it")
				return errors.Join(err, secret)
			},
			http.StatusOK, "half of it", "ERROR",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			h, err := httpapi.New(httpapi.Options{Logger: newLogger(&log)})
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			handle(h, "/failing", test.fail)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/failing", http.NoBody))

			if w.Code != test.status || !strings.Contains(w.Body.String(), test.body) {
				t.Errorf("GET /failing = %d %q, want %d with %q", w.Code, w.Body, test.status, test.body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("GET /failing = %q, which tells a secret", w.Body)
			}
			if w.Code != http.StatusOK && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("Content-Type = %q, want application/problem+json", w.Header().Get("Content-Type"))
			}
			if got := w.Header().Get("Retry-After"); (got != "") != (w.Code == http.StatusServiceUnavailable) {
				t.Errorf("Retry-After of a %d = %q", w.Code, got)
			}
			var levels []string
			for _, record := range logged(t, &log, "request failed") {
				levels = append(levels, fmt.Sprint(record["level"]))
				_, hasStack := record["stack"]
				if panicked := strings.HasPrefix(test.name, "panic"); hasStack != panicked {
					t.Errorf("the record has a stack: %t, want %t", hasStack, panicked)
				}
			}
			if got := strings.Join(levels, " "); got != test.level {
				t.Errorf("levels of failures in the log = %q, want %q", got, test.level)
			}
			if access := logged(t, &log, "request"); len(access) != 1 || access[0]["status"] != float64(test.status) {
				t.Errorf("access log = %v, want one line with status %d", access, test.status)
			}
		})
	}
}

func TestAbortedHandler(t *testing.T) {
	h, err := httpapi.New(httpapi.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	handle(h, "/failing", func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })
	defer func() {
		if got, _ := recover().(error); !errors.Is(got, http.ErrAbortHandler) {
			t.Errorf("panic = %v, want %v: net/http must get it", got, http.ErrAbortHandler)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/failing", http.NoBody))
}

func TestClientGone(t *testing.T) {
	var log bytes.Buffer
	h, err := httpapi.New(httpapi.Options{Logger: newLogger(&log)})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	ctx, leave := context.WithCancel(t.Context())
	handle(h, "/slow", func(_ http.ResponseWriter, r *http.Request) error {
		leave()
		return fmt.Errorf("read books: %w", r.Context().Err())
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/slow", http.NoBody))
	if w.Body.Len() > 0 {
		t.Errorf("body = %q, want none", w.Body)
	}
	failures := logged(t, &log, "request failed")
	if len(failures) != 1 || failures[0]["level"] != "DEBUG" {
		t.Errorf("failures in the log = %v, want one at level DEBUG", failures)
	}
	if access := logged(t, &log, "request"); len(access) != 1 || access[0]["status"] != float64(499) {
		t.Errorf("access log = %v, want one line with status 499", access)
	}
}
