package memory_test

import (
	"strconv"
	"testing"
	"time"

	"example.com/app/internal/limit"
	"example.com/app/internal/limit/limittest"
	"example.com/app/internal/memory"
)

func TestLimits(t *testing.T) {
	limittest.Run(t, func(*testing.T) limittest.Fixture {
		now := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
		return limittest.Fixture{
			Store:   &memory.Limits{Now: func() time.Time { return now }},
			Advance: func(_ *testing.T, d time.Duration) { now = now.Add(d) },
		}
	})
}

// The first request of somebody new costs about the same, however many came before
// and are gone.
func TestLimitsForget(t *testing.T) {
	now := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
	limits := &memory.Limits{Now: func() time.Time { return now }}
	policy := limit.Policy{Name: "ip", Quota: 10, Window: time.Second}
	for i := range 10_000 {
		if _, err := limits.Take(t.Context(), policy, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(10 * time.Millisecond) // ten are gone when the eleventh comes
	}
	if n := limits.Len(); n > 1100 {
		t.Errorf("%d allowances are kept, want about 1000 at most", n)
	}
}

func TestLimitsZeroValue(t *testing.T) {
	got, err := new(memory.Limits).Take(t.Context(), limit.Policy{Quota: 2, Window: time.Hour}, "ann")
	if want := (limit.Decision{Allowed: true, Remaining: 1, Reset: 30 * time.Minute}); err != nil || got != want {
		t.Errorf("Take() = %+v, %v, want %+v", got, err, want)
	}
}
