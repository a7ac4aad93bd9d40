package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"example.com/app/internal/limit"
	"example.com/app/internal/problem"
)

// statusClientGone is nginx's status for a client that left before its answer was ready.
const statusClientGone = 499

var (
	errStopping = errors.New("the program is about to stop")
	// errOutcomeUnknown is the outcome of a request that went out and was not answered, and
	// that must not be sent again as it may have been carried out.
	errOutcomeUnknown = errors.New("gateway: outcome unknown")
)

// panicError is a panic in a handler. It wraps nothing: whatever the value is, the client
// is told of an internal error.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func outcomes() []problem.Outcome {
	return append(problem.Common(),
		problem.Outcome{Err: limit.ErrExceeded, Status: http.StatusTooManyRequests, Name: "rate-limited", Title: "Wait before you ask again"},
		problem.Outcome{Err: errOutcomeUnknown, Status: http.StatusBadGateway, Name: "outcome-unknown", Title: "The answer got lost; what you asked for may have been done"},
		problem.Outcome{Err: errStopping, Status: http.StatusServiceUnavailable, Name: "unavailable", Title: "Try again in a moment"},
	)
}

// failed answers with a problem document.
func (g *gateway) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		w.WriteHeader(statusClientGone)
		return
	}
	p := problem.Describe(err, outcomes())
	w.Header().Set("Content-Type", problem.ContentType)
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	if p.Status >= http.StatusInternalServerError {
		g.logFailure(r, p.Status, err)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // fails when nobody reads it any more
}

// logFailure logs what went wrong on our side.
func (g *gateway) logFailure(r *http.Request, status int, err error) {
	level := slog.LevelWarn // a service is away
	if status == http.StatusInternalServerError {
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.String("path", r.URL.Path), slog.Any("error", err)}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	g.Logger.LogAttrs(r.Context(), level, "request failed", attrs...)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails when nobody reads it any more
}

// routePath is the path of a mux's pattern, as the metrics have it.
func routePath(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return pattern
}

// brokenStatus is what an answer counts as that broke off, whatever it began with.
func brokenStatus(r *http.Request) int {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return statusClientGone
	}
	return http.StatusBadGateway
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// discard is nobody's http.ResponseWriter.
type discard struct{ header http.Header }

// Header implements http.ResponseWriter.
func (d discard) Header() http.Header { return d.header }

// Write implements http.ResponseWriter.
func (discard) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (discard) WriteHeader(int) {}
