package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/job"
)

func TestWatch(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name    string
		try     int
		handle  job.Handler
		outcome string
		level   string
	}{
		{"done", 1, func(context.Context, job.Job) error { return nil }, job.Done, "INFO"},
		{"failed", 2, func(context.Context, job.Job) error { return broken }, job.Retried, "WARN"},
		{"failed for the last time", 3, func(context.Context, job.Job) error { return broken }, job.Died, "ERROR"},
		{"hopeless", 1, func(context.Context, job.Job) error { return fmt.Errorf("%w: %w", job.ErrHopeless, broken) }, job.Died, "ERROR"},
		{"panic", 1, func(context.Context, job.Job) error { panic(broken) }, job.Retried, "WARN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var (
				log    bytes.Buffer
				tried  string
				waited time.Duration
			)
			w := &job.Watcher{
				Retries: job.Retries{Tries: 3},
				Logger:  slog.New(slog.NewTextHandler(&log, nil)),
				Waited:  func(_ string, d time.Duration) { waited = d },
				Tried:   func(group, kind, outcome string, _ time.Duration) { tried = group + " " + kind + " " + outcome },
			}
			j, err := job.New("test.kind", nil, time.Now().Add(-time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			j.Try = test.try
			err = w.Watch("mail", test.handle)(t.Context(), j)
			if (err == nil) != (test.outcome == job.Done) {
				t.Errorf("handler = error %v, want that of the one inside", err)
			}
			if want := "mail test.kind " + test.outcome; tried != want {
				t.Errorf("tried %q, want %q", tried, want)
			}
			if first := test.try == 1; first != (waited >= time.Hour) || first == (waited == 0) {
				t.Errorf("waited %v at try %d, want an hour at the first and nothing later", waited, test.try)
			}
			for _, part := range []string{"level=" + test.level, "job_id=" + j.ID.String(), fmt.Sprintf("try=%d", test.try)} {
				if !strings.Contains(log.String(), part) {
					t.Errorf("log = %q, want a line with %q", &log, part)
				}
			}
		})
	}
}
