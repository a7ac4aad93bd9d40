package checkout_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
)

// keep has the shop keep deadlines for a time.
func (s *shop) keep(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.KeepDeadlines(ctx, patience/5); err != nil {
			t.Errorf("KeepDeadlines() = %v", err)
		}
	})
	time.Sleep(d)
	synctest.Wait()
	stop()
	running.Wait()
}

// TestDeadlinesOfMany has more orders overdue than are looked for at once.
func TestDeadlinesOfMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const orders = 250
		s := newShop(t)
		for range orders {
			s.place(t)
		}
		s.said(t)
		s.keep(t, 3*patience/2)
		if said := types(s.said(t)); !slices.Equal(said, slices.Repeat([]string{events.ReserveStockV1}, orders)) {
			t.Errorf("said %d times %v, want %d times", len(said), slices.Compact(said), orders)
		}
	})
}

// TestDeadlineOfBroken has more orders that cannot be changed than are looked for at once,
// and others.
func TestDeadlineOfBroken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		logs := new(bytes.Buffer)
		s.Logger = slog.New(slog.NewTextHandler(logs, nil))
		broken := make(map[uuid.UUID]bool)
		for range 250 {
			broken[s.place(t)] = true
		}
		time.Sleep(time.Millisecond) // they are the most overdue
		others := []uuid.UUID{s.place(t), s.place(t)}
		s.Store = &breaking{Store: s.Store, broken: broken}
		s.said(t)
		s.keep(t, 3*patience/2)
		for _, id := range others {
			if o := s.order(t, id); o.Tries != 2 {
				t.Errorf("order was asked for %d times, want twice", o.Tries)
			}
		}
		if !strings.Contains(logs.String(), "deadlines are not kept") {
			t.Errorf("logs %q, want what is wrong", logs)
		}
	})
}

// TestDeadlineAfterOutage takes the store away for a time.
func TestDeadlineAfterOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		id := s.place(t)
		store := s.Store
		s.Store = &breaking{Store: store, away: true}
		s.keep(t, 10*patience)
		s.Store = store
		s.keep(t, patience/2)
		if o := s.order(t, id); o.Tries != 2 || !o.Deadline.After(time.Now()) {
			t.Errorf("order was asked for %d times, and will be at %s, want twice, and later than %s", o.Tries, o.Deadline, time.Now())
		}
	})
}

// TestTraceOfDeadline has a step asked for again in the trace of who placed the order.
func TestTraceOfDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		if _, err := s.Place(checkouttest.With(t.Context(), "the request's"), s.customer, s.request()); err != nil {
			t.Fatalf("Place() = %v", err)
		}
		s.keep(t, 3*patience/2)
		if got := s.trace.Continued(); !slices.Equal(got, []string{"the request's"}) {
			t.Errorf("continued the traces %q, want the request's", got)
		}
	})
}

// breaking is a store that fails for one order, or for all.
type breaking struct {
	checkout.Store
	broken map[uuid.UUID]bool
	away   bool
}

var errBroken = errors.New("broken")

func (b *breaking) Overdue(ctx context.Context, now time.Time, limit int) ([]uuid.UUID, error) {
	if b.away {
		return nil, errBroken
	}
	return b.Store.Overdue(ctx, now, limit)
}

func (b *breaking) Change(ctx context.Context, id uuid.UUID, message string, change func(*checkout.Order) ([]events.Event, error)) error {
	if b.broken[id] {
		return errBroken
	}
	return b.Store.Change(ctx, id, message, change)
}
