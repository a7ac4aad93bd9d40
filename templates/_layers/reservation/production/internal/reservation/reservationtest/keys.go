package reservationtest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

// KeysFixture is a Fixture with the keys that belong to its store.
type KeysFixture struct {
	Fixture
	Keys reservation.Keys
}

// RunKeys holds the keys that open returns against the contract. Each test asks
// for some of its own.
func RunKeys(t *testing.T, open func(t *testing.T) KeysFixture) {
	subtests := []struct {
		name string
		test func(t *testing.T, f KeysFixture)
	}{
		{"the first call creates", testFirstCall},
		{"the same key brings the same answer", testSameKey},
		{"whatever has happened since", testSameKeyAfterChange},
		{"another request under the same key", testKeyReused},
		{"the key of another user", testKeyOfOther},
		{"a failure is not remembered", testFailureIsForgotten},
		{"many at once", testKeyRace},
		{"many keys for one period at once", testKeysRace},
	}
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

func key(user uuid.UUID, value string, request byte) reservation.Key {
	return reservation.Key{UserID: user, Value: value, Request: [32]byte{request}, At: storetest.Exact(morning)}
}

// creating returns what creates r, and counts how often it does.
func creating(t *testing.T, r reservation.Reservation, calls *atomic.Int32) func(reservation.Store) (reservation.Reservation, error) {
	t.Helper()
	return func(s reservation.Store) (reservation.Reservation, error) {
		calls.Add(1)
		return r, s.Create(t.Context(), r)
	}
}

func (f KeysFixture) scene(t *testing.T) (user uuid.UUID, r reservation.Reservation) {
	t.Helper()
	user = f.NewUser(t)
	return user, kept(newReservation(f.room(t, "Merapi").ID, user, between(1, 2)))
}

func testFirstCall(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	var calls atomic.Int32
	got, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	if got != r || calls.Load() != 1 {
		t.Errorf("Once() = %+v after %d calls, want %+v after 1", got, calls.Load(), r)
	}
	if stored, err := f.Store.Get(t.Context(), r.ID); err != nil || stored != r {
		t.Errorf("Get() = %+v, %v, want %+v", stored, err, r)
	}
}

func testSameKey(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	var calls atomic.Int32
	for range 3 {
		got, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
		storetest.WantError(t, "Once", err, nil)
		if got != r {
			t.Errorf("Once() = %+v, want %+v", got, r)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("3 times Once() made %d calls, want 1", calls.Load())
	}
}

func testSameKeyAfterChange(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	var calls atomic.Int32
	_, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	changed := r
	changed.Title, changed.CancelledAt = "Other", new(at(0))
	_, err = f.Store.Update(t.Context(), changed)
	storetest.WantError(t, "Update", err, nil)

	got, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	if got != r || calls.Load() != 1 {
		t.Errorf("Once() = %+v after %d calls, want %+v as at first, after 1", got, calls.Load(), r)
	}
}

func testKeyReused(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	var calls atomic.Int32
	_, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	_, err = f.Keys.Once(t.Context(), key(user, "a", 2), creating(t, r, &calls))
	storetest.WantError(t, "Once with another request", err, reservation.ErrKeyReused)
	if calls.Load() != 1 {
		t.Errorf("Once() made %d calls, want 1", calls.Load())
	}
}

func testKeyOfOther(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	other := f.NewUser(t)
	theirs := kept(newReservation(r.RoomID, other, between(2, 3)))
	var calls atomic.Int32
	_, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	got, err := f.Keys.Once(t.Context(), key(other, "a", 2), creating(t, theirs, &calls))
	storetest.WantError(t, "Once of another user", err, nil)
	if got != theirs || calls.Load() != 2 {
		t.Errorf("Once() of another user = %+v after %d calls, want %+v after 2", got, calls.Load(), theirs)
	}
}

func testFailureIsForgotten(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	first := f.reserve(t, r.RoomID, user, between(1, 3))
	var calls atomic.Int32
	for range 2 {
		_, err := f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
		storetest.WantError(t, "Once", err, reservation.ErrOverlap)
	}
	cancelled(&first)
	_, err := f.Store.Update(t.Context(), first)
	storetest.WantError(t, "Update", err, nil)
	// Even another request may have the key now: it stands for nothing.
	got, err := f.Keys.Once(t.Context(), key(user, "a", 2), creating(t, r, &calls))
	storetest.WantError(t, "Once", err, nil)
	if got != r || calls.Load() != 3 {
		t.Errorf("Once() = %+v after %d calls, want %+v after 3", got, calls.Load(), r)
	}
}

func testKeyRace(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	var calls atomic.Int32
	answers := make([]reservation.Reservation, 12)
	errs := storetest.Race(len(answers), func(i int) (err error) {
		answers[i], err = f.Keys.Once(t.Context(), key(user, "a", 1), creating(t, r, &calls))
		return err
	})
	for i, err := range errs {
		if err != nil || answers[i] != r {
			t.Errorf("Once() = %+v, %v, want %+v", answers[i], err, r)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("%d times Once() at once made %d calls, want 1", len(answers), calls.Load())
	}
}

func testKeysRace(t *testing.T, f KeysFixture) {
	user, r := f.scene(t)
	errs := storetest.Race(12, func(int) error {
		mine := r
		mine.ID = uuid.New()
		create := func(s reservation.Store) (reservation.Reservation, error) {
			return mine, s.Create(context.Background(), mine)
		}
		_, err := f.Keys.Once(t.Context(), key(user, uuid.NewString(), 1), create)
		return err
	})
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, reservation.ErrOverlap):
			t.Errorf("Once() = error %v, want nil or %v", err, reservation.ErrOverlap)
		}
	}
	if won != 1 {
		t.Errorf("%d of 12 got the room, want 1", won)
	}
}
