// Package logging makes the log, in which each line names the request that it
// belongs to.
package logging

import (
	"context"
	"io"
	"log/slog"
)

type requestIDKey struct{}

// WithRequestID returns a context whose lines in the log have the id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// New returns a logger that writes lines of the level or above to w: JSON in
// production, for machines, and elsewhere text, for people. Every record also goes to
// the handlers in more, as far as they want it.
func New(w io.Writer, level slog.Leveler, production bool, more ...slog.Handler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	var lines slog.Handler = slog.NewTextHandler(w, options)
	if production {
		lines = slog.NewJSONHandler(w, options)
	}
	if len(more) > 0 {
		lines = slog.NewMultiHandler(append([]slog.Handler{lines}, more...)...)
	}
	return slog.New(handler{lines})
}

// handler adds the request's id to each record.
type handler struct {
	slog.Handler
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestID(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name)}
}
