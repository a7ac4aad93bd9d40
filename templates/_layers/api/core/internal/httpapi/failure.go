package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"example.com/app/internal/outage"
	"example.com/app/internal/problem"
)

// statusClientGone is nginx's status for a client that left before its answer was
// ready. Nobody receives it; it stands in the log.
const statusClientGone = 499

// panicError is a panic in a handler. It wraps nothing: whatever the value is,
// the client is told of an internal error.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// notReadyError is an outage whose reason may be told.
type notReadyError struct{ reason error }

func (e *notReadyError) Error() string { return "not ready: " + e.reason.Error() }

func (e *notReadyError) Unwrap() error { return outage.ErrUnavailable }

// describe returns the problem document for err, and sets the headers that go
// with it.
func describe(err error, header http.Header) problem.Problem {
	p := problem.From(err)
	if notReady, ok := errors.AsType[*notReadyError](err); ok {
		p.Detail = notReady.reason.Error()
	}
	header.Set("Content-Type", problem.ContentType)
	switch p.Status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	}
	return p
}

// clientGone says whether err is nobody's fault: the client left, and so the work
// was given up, or its answer, which had begun, found nobody to read it.
func clientGone(r *http.Request, err error, begun bool) bool {
	return r.Context().Err() != nil && (begun || errors.Is(err, context.Canceled))
}

// logFailure logs what went wrong on our side. What a client did wrong is told to
// the client alone.
func logFailure(log *slog.Logger, r *http.Request, route string, status int, err error) {
	var level slog.Level
	switch {
	case status == statusClientGone:
		level = slog.LevelDebug
	case status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	default:
		return
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Any("error", err),
	}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	log.LogAttrs(r.Context(), level, "request failed", attrs...)
}
