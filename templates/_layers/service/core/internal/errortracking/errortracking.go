// Package errortracking sends the errors in the log to Sentry, or to what speaks as
// Sentry does.
package errortracking

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/getsentry/sentry-go"
)

// Open returns a handler that sends what is logged at slog.LevelError and above to the
// project of dsn, in the background, and a function that waits until it has arrived.
// Sentry gets what is in the record and the name of this machine, and nothing else of
// the request or its user.
func Open(dsn, environment, version string) (handler slog.Handler, flush func(time.Duration), err error) {
	client, err := sentry.NewClient(sentry.ClientOptions{
		Dsn:         dsn,
		Environment: environment,
		Release:     version,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make Sentry client: %w", err)
	}
	return &tracker{client: client}, func(patience time.Duration) { client.Flush(patience) }, nil
}

// tracker makes events of records.
type tracker struct {
	client *sentry.Client
	attrs  []slog.Attr // of the logger, with the names of their groups
	groups string      // that open, each with a dot
}

var _ slog.Handler = (*tracker)(nil)

// Enabled implements slog.Handler.
func (t *tracker) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// Handle implements slog.Handler. It does not wait for Sentry.
func (t *tracker) Handle(_ context.Context, record slog.Record) error {
	attrs := slices.Clone(t.attrs)
	record.Attrs(func(attr slog.Attr) bool {
		attrs = flatten(attrs, t.groups, attr)
		return true
	})
	event := sentry.NewEvent()
	event.Level = sentry.LevelError
	event.Timestamp = record.Time
	event.Message = record.Message
	values := make(sentry.Context)
	for _, attr := range attrs {
		values[attr.Key] = text(attr.Value)
		switch attr.Key {
		case "error": // its text is what tells events of one message apart
			event.Exception = []sentry.Exception{{Type: record.Message, Value: attr.Value.String()}}
		case "request_id", "route": // can be searched for
			event.Tags[attr.Key] = attr.Value.String()
		}
	}
	event.Contexts["record"] = values
	t.client.CaptureEvent(event, nil, nil)
	return nil
}

// WithAttrs implements slog.Handler.
func (t *tracker) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *t
	more.attrs = slices.Clone(t.attrs)
	for _, attr := range attrs {
		more.attrs = flatten(more.attrs, t.groups, attr)
	}
	return &more
}

// WithGroup implements slog.Handler.
func (t *tracker) WithGroup(name string) slog.Handler {
	if name == "" {
		return t
	}
	more := *t
	more.groups += name + "."
	return &more
}

// flatten appends attr, or those of the group that it is, each under its full name.
func flatten(attrs []slog.Attr, groups string, attr slog.Attr) []slog.Attr {
	value := attr.Value.Resolve()
	if value.Kind() != slog.KindGroup {
		if attr.Key == "" {
			return attrs
		}
		return append(attrs, slog.Attr{Key: groups + attr.Key, Value: value})
	}
	if attr.Key != "" {
		groups += attr.Key + "."
	}
	for _, member := range value.Group() {
		attrs = flatten(attrs, groups, member)
	}
	return attrs
}

// text is a value as JSON can hold it, and people can read it.
func text(value slog.Value) any {
	switch value.Kind() {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64:
		return value.Any()
	default:
		return value.String()
	}
}
