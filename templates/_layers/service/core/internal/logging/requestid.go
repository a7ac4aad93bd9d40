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

// New returns a logger that writes to w as NewHandler does, with the id of the request
// that each record belongs to. Every record also goes to the handlers in more; each
// has a level of its own.
func New(w io.Writer, level slog.Leveler, production bool, more ...slog.Handler) *slog.Logger {
	lines := NewHandler(w, level, production)
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
