package inbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/outage"
	"example.com/app/internal/storetest"
	"example.com/app/platform/inbox"
	"example.com/app/platform/messagestest"
)

// notes is what remembers messages whose effect is elsewhere.
type notes interface {
	Seen(ctx context.Context, messageID string) (bool, error)
	Note(ctx context.Context, messageID string) error
}

func TestNotes(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) notes{
		"memory":   func(*testing.T) notes { return new(inbox.Memory) },
		"postgres": func(t *testing.T) notes { return inbox.Postgres{DB: messagestest.New(t), Consumer: "test"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := open(t)
			wantSeen(t, n, "1", false)
			for range 2 {
				storetest.WantError(t, "Note()", n.Note(t.Context(), "1"), nil)
				wantSeen(t, n, "1", true)
			}
			wantSeen(t, n, "2", false)
		})
	}
}

func wantSeen(t *testing.T, n notes, id string, want bool) {
	t.Helper()
	if seen, err := n.Seen(t.Context(), id); seen != want || err != nil {
		t.Errorf("Seen(%s) = %t, %v, want %t", id, seen, err, want)
	}
}

func TestOnce(t *testing.T) {
	t.Parallel()
	var m inbox.Memory
	broken, done := errors.New("broken"), 0
	storetest.WantError(t, "Once()", m.Once("1", func() error { return broken }), broken)
	for range 2 {
		storetest.WantError(t, "Once()", m.Once("1", func() error { done++; return nil }), nil)
	}
	if done != 1 {
		t.Errorf("a message had its effect %d times, want once", done)
	}
}

// TestTake has one message handled by several at once, by another consumer, and by one
// whose transaction fails.
func TestTake(t *testing.T) {
	t.Parallel()
	pool := messagestest.New(t)
	take := func(consumer string, after error) (isNew bool, err error) {
		err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			var err error
			isNew, err = inbox.Take(t.Context(), tx, consumer, "1")
			return errors.Join(err, after)
		})
		return isNew, err
	}
	broken := errors.New("broken")
	isNew, err := take("a", broken)
	if !isNew || !errors.Is(err, broken) {
		t.Errorf("Take() = %t, %v, want it new, and undone", isNew, err)
	}
	var taken atomic.Int32
	for _, err := range storetest.Race(6, func(int) error {
		isNew, err := take("a", nil)
		if isNew {
			taken.Add(1)
		}
		return err
	}) {
		storetest.WantError(t, "Take()", err, nil)
	}
	if taken.Load() != 1 {
		t.Errorf("%d take one message, want one", taken.Load())
	}
	if isNew, err := take("b", nil); !isNew || err != nil {
		t.Errorf("Take(another consumer) = %t, %v, want it new", isNew, err)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	pool := messagestest.New(t)
	n := inbox.Postgres{DB: pool, Consumer: "test"}
	for _, id := range []string{"old", "new"} {
		storetest.WantError(t, "Note()", n.Note(t.Context(), id), nil)
	}
	if _, err := pool.Exec(t.Context(), `UPDATE inbox SET handled_at = now() - interval '8 days' WHERE message_id = 'old'`); err != nil {
		t.Fatal(err)
	}
	storetest.WantError(t, "Forget()", inbox.Forget(t.Context(), pool, time.Now().AddDate(0, 0, -7)), nil)
	wantSeen(t, n, "old", false)
	wantSeen(t, n, "new", true)
}

func TestAway(t *testing.T) {
	t.Parallel()
	pool := messagestest.New(t)
	pool.Close()
	n := inbox.Postgres{DB: pool, Consumer: "test"}
	_, seenErr := n.Seen(t.Context(), "1")
	for name, err := range map[string]error{"Seen": seenErr, "Note": n.Note(t.Context(), "1"), "Forget": inbox.Forget(t.Context(), pool, time.Now())} {
		if !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = %v, want %v", name, err, outage.ErrUnavailable)
		}
	}
}
