package bus_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	var broken atomic.Bool
	broken.Store(true)
	stock, notices := make(chan events.Event, 10), make(chan events.Event, 10)
	for name, handed := range map[string]chan events.Event{"stock": stock, "notices": notices} {
		consume(t, b, bus.Consumer{Name: name, Handlers: bus.Handlers{placed: func(_ context.Context, e events.Event) error {
			if broken.Load() {
				return bus.ErrPermanent
			}
			handed <- e
			return nil
		}}})
	}
	e := newEvent(t, placed)
	publish(t, b, e)
	wantStats(t, b, "stock", bus.Stats{Dead: 1})
	wantStats(t, b, "notices", bus.Stats{Dead: 1})

	all, err := b.Dead(t.Context())
	letters, oneErr := b.Dead(t.Context(), "notices")
	if err != nil || oneErr != nil || len(all) != 2 || len(letters) != 1 {
		t.Fatalf("Dead() = %+v, %v; Dead(notices) = %+v, %v; want two and one", all, err, letters, oneErr)
	}
	// It dies once more, and is another dead letter then.
	replay(t, b, letters[0].Sequence)
	wantStats(t, b, "notices", bus.Stats{Dead: 1})
	await(t, "it is another dead letter", func() bool {
		again, err := b.Dead(t.Context(), "notices")
		if err != nil {
			t.Fatal(err)
		}
		if len(again) != 1 || again[0].Sequence == letters[0].Sequence {
			return false
		}
		letters = again
		return true
	})

	broken.Store(false)
	replay(t, b, letters[0].Sequence)
	wantEvent(t, notices, e)
	wantStats(t, b, "notices", bus.Stats{})
	wantStats(t, b, "stock", bus.Stats{Dead: 1})
	if len(stock) > 0 {
		t.Errorf("stock was handed %+v, which was replayed to notices", <-stock)
	}
	if n, err := b.Replay(t.Context(), letters[0].Sequence); n != 0 || !errors.Is(err, bus.ErrNoDeadLetter) {
		t.Errorf("Replay(replayed) = %d, %v, want 0 and %v", n, err, bus.ErrNoDeadLetter)
	}
	if left, err := b.Dead(t.Context(), "notices"); err != nil || len(left) != 0 {
		t.Errorf("Dead(notices) = %+v, %v, want none", left, err)
	}
}

func TestNoDeadLetters(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	if letters, err := b.Dead(t.Context()); err != nil || len(letters) != 0 {
		t.Errorf("Dead() = %+v, %v on a new server, want none", letters, err)
	}
	if n, err := b.Replay(t.Context(), 1); n != 0 || !errors.Is(err, bus.ErrNoDeadLetter) {
		t.Errorf("Replay(1) = %d, %v on a new server, want 0 and %v", n, err, bus.ErrNoDeadLetter)
	}
}

// TestUnreadable has messages that nobody can read. They block nobody, and are listed.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	server := bustest.Server(t)
	b := bustest.ConnectTo(t, server.URL())
	before, after := newEvent(t, placed), newEvent(t, placed)
	publish(t, b, before)
	conn := raw(t, server.URL())
	for _, text := range []string{"{", "{}", ""} {
		if _, err := conn.Request("shop."+placed, []byte(text), patience); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, b, after)

	var handled atomic.Int64
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(context.Context, events.Event) error {
		handled.Add(1)
		return nil
	}}})
	wantStats(t, b, "notices", bus.Stats{Dead: 3})
	if got := handled.Load(); got != 2 {
		t.Errorf("%d events were handed out, want 2", got)
	}
	letters, err := b.Dead(t.Context())
	if err != nil || len(letters) != 3 {
		t.Fatalf("Dead() = %+v, %v, want 3 letters", letters, err)
	}
	for _, l := range letters {
		if l.Consumer != "notices" || l.Event.Type != placed || l.Event.ID != "" || l.Reason == "" || l.Tries != 1 {
			t.Errorf("Dead() = %+v, want a letter of notices about %s, with a reason", l, placed)
		}
	}
	replay(t, b, letters[0].Sequence) // in vain, but without harm
	wantStats(t, b, "notices", bus.Stats{Dead: 3})

	var read []string
	err = b.ReadUntil(t.Context(), 0, 5, []string{placed}, func(_ context.Context, _ uint64, e events.Event) error {
		read = append(read, e.ID)
		return nil
	})
	if err != nil || len(read) != 2 || read[0] != before.ID || read[1] != after.ID {
		t.Errorf("ReadUntil() read %v, %v, want %s and %s", read, err, before.ID, after.ID)
	}
}

func replay(t *testing.T, b *bus.Bus, sequence uint64) {
	t.Helper()
	if n, err := b.Replay(t.Context(), sequence); n != 1 || err != nil {
		t.Fatalf("Replay(%d) = %d, %v, want 1", sequence, n, err)
	}
}
