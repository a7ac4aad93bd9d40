package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/acme/reservation-api/internal/logging"
)

func TestRequestID(t *testing.T) {
	tests := []struct {
		name string
		id   string
		log  func(ctx context.Context, logger *slog.Logger)
		want map[string]any
	}{
		{"a request", "r-1", plain, map[string]any{"msg": "hello", "n": 1.0, "request_id": "r-1"}},
		{"no request", "", plain, map[string]any{"msg": "hello", "n": 1.0}},
		{
			"a logger with attributes", "r-1",
			func(ctx context.Context, logger *slog.Logger) { plain(ctx, logger.With(slog.String("part", "x"))) },
			map[string]any{"msg": "hello", "n": 1.0, "part": "x", "request_id": "r-1"},
		},
		{"no context", "r-1", func(_ context.Context, logger *slog.Logger) { logger.Info("hello") }, map[string]any{"msg": "hello"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			ctx := logging.WithRequestID(t.Context(), test.id)
			if got := logging.RequestID(ctx); got != test.id {
				t.Errorf("RequestID() = %q, want %q", got, test.id)
			}
			test.log(ctx, logging.New(&out, slog.LevelInfo, true))
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("line %q is not JSON: %v", out.String(), err)
			}
			delete(got, "time")
			delete(got, "level")
			if len(got) != len(test.want) {
				t.Errorf("line = %v, want %v", got, test.want)
			}
			for key, value := range test.want {
				if got[key] != value {
					t.Errorf("line = %v, want %v", got, test.want)
				}
			}
		})
	}
	if got := logging.RequestID(t.Context()); got != "" {
		t.Errorf("RequestID() = %q, want none", got)
	}
}

func plain(ctx context.Context, logger *slog.Logger) {
	logger.InfoContext(ctx, "hello", slog.Int("n", 1))
}

// Each handler has a level of its own, and gets the request's id.
func TestMoreHandlers(t *testing.T) {
	var all, errs bytes.Buffer
	more := slog.NewTextHandler(&errs, &slog.HandlerOptions{Level: slog.LevelError})
	logger := logging.New(&all, slog.LevelWarn, true, more).With(slog.String("part", "x"))
	ctx := logging.WithRequestID(t.Context(), "r-1")
	logger.InfoContext(ctx, "a")
	logger.WarnContext(ctx, "b")
	logger.ErrorContext(ctx, "c")
	if n := strings.Count(all.String(), "\n"); n != 2 {
		t.Errorf("%d lines, want 2:\n%s", n, &all)
	}
	if got := errs.String(); !strings.Contains(got, "msg=c part=x request_id=r-1") || strings.Count(got, "\n") != 1 {
		t.Errorf("errors = %q, want the third alone", got)
	}
}
