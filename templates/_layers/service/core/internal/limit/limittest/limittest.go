// Package limittest holds the contract that every limit.Store keeps.
package limittest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.com/app/internal/limit"
	"example.com/app/internal/storetest"
)

// Fixture is one store, with nothing taken yet.
type Fixture struct {
	Store limit.Store
	// Replica is the same store as another process would open it; nil where that is
	// impossible.
	Replica limit.Store
	// Advance lets d go by for all that was taken so far.
	Advance func(t *testing.T, d time.Duration)
}

// five is slow enough that nothing is refilled while a test runs.
var five = limit.Policy{Name: "five", Quota: 5, Window: time.Hour}

// refill is the time in which one request of five is refilled.
const refill = 12 * time.Minute

// Run tests the stores that open returns.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	tests := []struct {
		name string
		run  func(t *testing.T, f Fixture)
	}{
		{"the quota is allowed, and no more", exactQuota},
		{"requests are refilled one by one", refillOneByOne},
		{"a part of the time refills nothing", partOfInterval},
		{"a long time refills no more than the quota", refillAll},
		{"what is not allowed costs nothing", deniedCostsNothing},
		{"keys and policies have allowances of their own", apart},
		{"a quota of one", one},
		{"a fast policy", fast},
		{"many at once take exactly the quota", race},
		{"processes share an allowance", shared},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func exactQuota(t *testing.T, f Fixture) {
	for remaining := 4; remaining >= 0; remaining-- {
		// The first request is refilled first: it was taken a moment ago.
		f.want(t, "ann", limit.Decision{Allowed: true, Remaining: remaining, Reset: refill})
	}
	f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill})
	f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill})
}

func refillOneByOne(t *testing.T, f Fixture) {
	f.exhaust(t)
	for range 3 {
		f.Advance(t, refill)
		f.want(t, "ann", limit.Decision{Allowed: true, Remaining: 0, Reset: refill})
		f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill})
	}
	f.Advance(t, 3*refill)
	f.want(t, "ann", limit.Decision{Allowed: true, Remaining: 2, Reset: refill})
}

func partOfInterval(t *testing.T, f Fixture) {
	f.exhaust(t)
	f.Advance(t, refill/3)
	f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill * 2 / 3})
	f.Advance(t, refill/3)
	f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill / 3})
	f.Advance(t, refill)
	f.want(t, "ann", limit.Decision{Allowed: true, Remaining: 0, Reset: refill / 3})
}

func refillAll(t *testing.T, f Fixture) {
	f.exhaust(t)
	f.Advance(t, 24*time.Hour)
	f.want(t, "ann", limit.Decision{Allowed: true, Remaining: 4, Reset: refill})
}

func deniedCostsNothing(t *testing.T, f Fixture) {
	f.exhaust(t)
	for range 20 {
		f.want(t, "ann", limit.Decision{Remaining: 0, Reset: refill})
	}
	f.Advance(t, refill)
	f.want(t, "ann", limit.Decision{Allowed: true, Remaining: 0, Reset: refill})
}

func apart(t *testing.T, f Fixture) {
	f.exhaust(t)
	f.want(t, "bob", limit.Decision{Allowed: true, Remaining: 4, Reset: refill})
	other := limit.Policy{Name: "other", Quota: 2, Window: time.Hour}
	wantDecision(t, f.Store, other, "ann", limit.Decision{Allowed: true, Remaining: 1, Reset: 30 * time.Minute})
}

func one(t *testing.T, f Fixture) {
	policy := limit.Policy{Name: "one", Quota: 1, Window: time.Hour}
	for range 2 {
		wantDecision(t, f.Store, policy, "ann", limit.Decision{Allowed: true, Remaining: 0, Reset: time.Hour})
		wantDecision(t, f.Store, policy, "ann", limit.Decision{Remaining: 0, Reset: time.Hour})
		f.Advance(t, time.Hour)
	}
}

func fast(t *testing.T, f Fixture) {
	fast := limit.Policy{Name: "fast", Quota: 1_000_000, Window: time.Second}
	got, err := f.Store.Take(t.Context(), fast, "ann")
	want := limit.Decision{Allowed: true, Remaining: 999_999, Reset: time.Microsecond}
	if err != nil || got != want {
		t.Errorf("Take() = %+v, %v, want %+v", got, err, want)
	}
}

func race(t *testing.T, f Fixture) {
	const racers = 64
	for round := range 5 {
		policy := limit.Policy{Name: "race", Quota: 10, Window: time.Hour}
		key := fmt.Sprint(round)
		var allowed atomic.Int32
		errs := storetest.Race(racers, func(i int) error {
			store := f.Store
			if f.Replica != nil && i%2 == 0 {
				store = f.Replica
			}
			decision, err := store.Take(t.Context(), policy, key)
			if decision.Allowed {
				allowed.Add(1)
			}
			return err
		})
		for _, err := range errs {
			storetest.WantError(t, "Take", err, nil)
		}
		if n := allowed.Load(); n != 10 {
			t.Errorf("%d of %d racing requests were allowed, want 10", n, racers)
		}
	}
}

func shared(t *testing.T, f Fixture) {
	if f.Replica == nil {
		t.Skip("the store belongs to one process")
	}
	for i, store := range []limit.Store{f.Store, f.Replica, f.Store, f.Replica, f.Store} {
		wantDecision(t, store, five, "ann", limit.Decision{Allowed: true, Remaining: 4 - i, Reset: refill})
	}
	for _, store := range []limit.Store{f.Store, f.Replica} {
		wantDecision(t, store, five, "ann", limit.Decision{Remaining: 0, Reset: refill})
	}
}

// exhaust takes all that five grants ann.
func (f Fixture) exhaust(t *testing.T) {
	t.Helper()
	for range five.Quota {
		if decision, err := f.Store.Take(t.Context(), five, "ann"); err != nil || !decision.Allowed {
			t.Fatalf("Take(five, ann) = %+v, %v, want it to be allowed", decision, err)
		}
	}
}

func (f Fixture) want(t *testing.T, key string, want limit.Decision) {
	t.Helper()
	wantDecision(t, f.Store, five, key, want)
}

// wantDecision lets Reset be shorter by the time that the test may have taken.
func wantDecision(t *testing.T, store limit.Store, p limit.Policy, key string, want limit.Decision) {
	t.Helper()
	const grace = 30 * time.Second
	got, err := store.Take(t.Context(), p, key)
	if err != nil || got.Allowed != want.Allowed || got.Remaining != want.Remaining ||
		got.Reset > want.Reset || got.Reset < want.Reset-grace {
		t.Fatalf("Take(%s, %s) = %+v, %v, want %+v", p.Name, key, got, err, want)
	}
}
