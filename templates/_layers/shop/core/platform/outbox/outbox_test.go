package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/app/events"
	"example.com/app/internal/outage"
	"example.com/app/internal/storetest"
	"example.com/app/platform/messagestest"
	"example.com/app/platform/outbox"
)

// fixture is an outbox, and a way to put events into it.
type fixture struct {
	outbox.Store

	add func(t *testing.T, ids ...string)
}

func inMemory(*testing.T) fixture {
	m := outbox.NewMemory()
	return fixture{m, func(t *testing.T, ids ...string) { m.Add(t.Context(), named(ids)...) }}
}

func inPostgres(t *testing.T) fixture {
	p := outbox.NewPostgres(messagestest.New(t))
	return fixture{p, func(t *testing.T, ids ...string) {
		t.Helper()
		err := p.Within(t.Context(), func(pgx.Tx) ([]events.Event, error) { return named(ids), nil })
		if err != nil {
			t.Fatalf("Within() = %v", err)
		}
	}}
}

func named(ids []string) []events.Event {
	all := make([]events.Event, len(ids))
	for i, id := range ids {
		all[i] = events.Event{ID: id, Type: events.OrderPlacedV1, Time: time.Now(), Data: []byte(`{"n":1}`)}
	}
	return all
}

// TestStores holds both outboxes against the contract.
func TestStores(t *testing.T) {
	t.Parallel()
	subtests := []struct {
		name string
		test func(t *testing.T, f fixture)
	}{
		{"events leave in the order in which they came", order},
		{"no more leave than were asked for", limited},
		{"what is not published stays", failed},
		{"several who forward at once", race},
		{"somebody is told of what is new", added},
		{"it is known what waits, and since when", waiting},
	}
	for name, open := range map[string]func(*testing.T) fixture{"memory": inMemory, "postgres": inPostgres} {
		for _, s := range subtests {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				s.test(t, open(t))
			})
		}
	}
}

// forward publishes, and returns the ids of what was published.
func (f fixture) forward(t *testing.T, limit int) []string {
	t.Helper()
	var got []string
	n, err := f.Forward(t.Context(), limit, func(_ context.Context, batch ...events.Event) error {
		for _, e := range batch {
			got = append(got, e.ID)
		}
		return nil
	})
	if err != nil || n != len(got) {
		t.Fatalf("Forward() = %d, %v, and published %q", n, err, got)
	}
	return got
}

func order(t *testing.T, f fixture) {
	f.add(t, "a", "b")
	f.add(t, "c")
	if got := f.forward(t, 10); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("Forward() published %q, want a, b, c", got)
	}
	if got := f.forward(t, 10); len(got) != 0 {
		t.Errorf("Forward() published %q again", got)
	}
}

func limited(t *testing.T, f fixture) {
	f.add(t, "a", "b", "c")
	for _, want := range [][]string{{"a", "b"}, {"c"}} {
		if got := f.forward(t, 2); !slices.Equal(got, want) {
			t.Errorf("Forward(2) published %q, want %q", got, want)
		}
	}
}

func failed(t *testing.T, f fixture) {
	f.add(t, "a", "b")
	broken := errors.New("broken")
	n, err := f.Forward(t.Context(), 10, func(context.Context, ...events.Event) error { return broken })
	if n != 0 || !errors.Is(err, broken) {
		t.Errorf("Forward() = %d, %v, want %v", n, err, broken)
	}
	if got := f.forward(t, 10); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("Forward() published %q, want a, b", got)
	}
}

func race(t *testing.T, f fixture) {
	const all = 100
	var want []string
	for i := range all {
		want = append(want, fmt.Sprint(i))
	}
	f.add(t, want...)
	var (
		mu  sync.Mutex
		got []string
	)
	for _, err := range storetest.Race(4, func(int) error {
		for {
			n, err := f.Forward(t.Context(), 7, func(_ context.Context, batch ...events.Event) error {
				mu.Lock()
				defer mu.Unlock()
				for _, e := range batch {
					got = append(got, e.ID)
				}
				return nil
			})
			if n == 0 || err != nil {
				return err
			}
		}
	}) {
		storetest.WantError(t, "Forward()", err, nil)
	}
	if !slices.Equal(got, want) {
		t.Errorf("published %q, want %q: each once, and in order", got, want)
	}
}

func added(t *testing.T, f fixture) {
	f.add(t, "a")
	f.add(t, "b") // who looks once has seen both
	select {
	case <-f.Added():
	default:
		t.Error("nobody is told of new events")
	}
	select {
	case <-f.Added():
		t.Error("somebody is told twice")
	default:
	}
}

func waiting(t *testing.T, f fixture) {
	if n, since, err := f.Waiting(t.Context()); n != 0 || !since.IsZero() || err != nil {
		t.Errorf("Waiting() = %d, %s, %v, want nothing", n, since, err)
	}
	f.add(t, "a", "b")
	n, since, err := f.Waiting(t.Context())
	if age := time.Since(since); n != 2 || age < -time.Minute || age > time.Minute || err != nil {
		t.Errorf("Waiting() = %d, %s, %v, want 2 of just now", n, since, err)
	}
}

// TestWithinIsOneTransaction: what is said belongs to what is done.
func TestWithinIsOneTransaction(t *testing.T) {
	t.Parallel()
	pool := messagestest.New(t)
	p := outbox.NewPostgres(pool)
	broken := errors.New("broken")
	err := p.Within(t.Context(), func(tx pgx.Tx) ([]events.Event, error) {
		_, err := tx.Exec(t.Context(), `INSERT INTO inbox (consumer, message_id) VALUES ('test', '1')`)
		return named([]string{"a"}), errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("Within() = %v, want %v", err, broken)
	}
	var done int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM inbox`).Scan(&done); err != nil || done != 0 {
		t.Errorf("%d rows of a failed change are there (%v)", done, err)
	}
	if n, _, err := p.Waiting(t.Context()); n != 0 || err != nil {
		t.Errorf("%d events of a failed change wait (%v)", n, err)
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	pool := messagestest.New(t)
	pool.Close()
	p := outbox.NewPostgres(pool)
	_, forwardErr := p.Forward(t.Context(), 1, nil)
	_, _, waitingErr := p.Waiting(t.Context())
	for name, err := range map[string]error{
		"Within": p.Within(t.Context(), nil), "Forward": forwardErr, "Waiting": waitingErr,
	} {
		if !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s() = %v, want %v", name, err, outage.ErrUnavailable)
		}
	}
}

// TestRelay publishes what comes, and what an earlier process left behind, although the
// bus is away at first.
func TestRelay(t *testing.T) {
	t.Parallel()
	store := outbox.NewMemory()
	store.Add(t.Context(), named([]string{"left"})...)
	published, away := make(chan string, 10), true
	relay := &outbox.Relay{
		Store: store, Idle: time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		Publish: func(_ context.Context, batch ...events.Event) error {
			if away {
				away = false
				return outage.ErrUnavailable
			}
			for _, e := range batch {
				published <- e.ID
			}
			return nil
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := relay.Run(ctx); err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
	for _, want := range []string{"left", "new"} {
		if got := <-published; got != want {
			t.Errorf("published %s, want %s", got, want)
		}
		if want == "left" {
			store.Add(t.Context(), named([]string{"new"})...)
		}
	}
	stop()
	running.Wait()
	if n, _, _ := store.Waiting(t.Context()); n != 0 {
		t.Errorf("%d events wait", n)
	}
}
