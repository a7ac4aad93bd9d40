package limit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/app/internal/limit"
	"example.com/app/internal/outage"
)

// fixed is a store that decides the same each time.
type fixed struct {
	decision limit.Decision
	err      error
}

func (f *fixed) Take(ctx context.Context, _ limit.Policy, _ string) (limit.Decision, error) {
	if f.err != nil && ctx.Err() != nil {
		return limit.Decision{}, ctx.Err()
	}
	return f.decision, f.err
}

func TestFallback(t *testing.T) {
	away := fmt.Errorf("take: %w", outage.ErrUnavailable)
	tests := []struct {
		name   string
		shared error
		left   bool // the client
		want   int  // Remaining: 1 by Store, 2 by Local
		err    error
		counts int
	}{
		{"the store decides", nil, false, 1, nil, 0},
		{"the store is away", away, false, 2, nil, 1},
		{"the store fails in another way", errors.New("WRONGTYPE"), false, 2, nil, 1},
		{"the client has left", away, true, 0, context.Canceled, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			if test.left {
				leave()
			}
			counts := 0
			f := &limit.Fallback{
				Store:    &fixed{limit.Decision{Remaining: 1}, test.shared},
				Local:    &fixed{limit.Decision{Remaining: 2}, nil},
				Observed: func() { counts++ },
			}
			got, err := f.Take(ctx, limit.Policy{}, "ann")
			if got.Remaining != test.want || !errors.Is(err, test.err) || counts != test.counts {
				t.Errorf("Take() = %+v, %v, %d counted, want Remaining %d, error %v, %d counted",
					got, err, counts, test.want, test.err, test.counts)
			}
		})
	}
}

func TestFallbackWarnsSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := &limit.Fallback{
			Store:  &fixed{err: outage.ErrUnavailable},
			Local:  new(fixed),
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		}
		for range 25 { // seconds
			for range 100 {
				if _, err := f.Take(t.Context(), limit.Policy{}, "ann"); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Second)
		}
		if n := strings.Count(log.String(), "\n"); n != 3 {
			t.Errorf("%d warnings in 25s, want 3:\n%s", n, &log)
		}
	})
}
