package jobtest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/storetest"
)

// RunInbox holds the inboxes that open returns against the contract. Each test
// asks for one of its own.
func RunInbox(t *testing.T, open func(t *testing.T) job.Inbox) {
	t.Run("once", func(t *testing.T) {
		inbox, id := open(t), uuid.New()
		var done atomic.Int32
		do := func(context.Context) error { done.Add(1); return nil }
		for range 3 {
			storetest.WantError(t, "Once", inbox.Once(t.Context(), "a", id, do), nil)
		}
		wantDone(t, &done, 1)
		storetest.WantError(t, "Once of another group", inbox.Once(t.Context(), "b", id, do), nil)
		storetest.WantError(t, "Once of another job", inbox.Once(t.Context(), "a", uuid.New(), do), nil)
		wantDone(t, &done, 3)
	})

	t.Run("a failure is not remembered", func(t *testing.T) {
		inbox, id := open(t), uuid.New()
		var done atomic.Int32
		broken := errors.New("broken")
		do := func(context.Context) error {
			if done.Add(1) < 3 {
				return broken
			}
			return nil
		}
		for _, want := range []error{broken, broken, nil, nil} {
			storetest.WantError(t, "Once", inbox.Once(t.Context(), "a", id, do), want)
		}
		wantDone(t, &done, 3)
	})

	t.Run("many at once", func(t *testing.T) {
		inbox, id := open(t), uuid.New()
		var done, running atomic.Int32
		errs := storetest.Race(8, func(int) error {
			return inbox.Once(t.Context(), "a", id, func(context.Context) error {
				if running.Add(1) > 1 {
					t.Error("Once() calls do while it is being called for the same job")
				}
				defer running.Add(-1)
				done.Add(1)
				return nil
			})
		})
		for _, err := range errs {
			storetest.WantError(t, "Once", err, nil)
		}
		wantDone(t, &done, 1)
	})
}

func wantDone(t *testing.T, done *atomic.Int32, want int32) {
	t.Helper()
	if got := done.Load(); got != want {
		t.Errorf("Once() made %d calls, want %d", got, want)
	}
}
