// Package accounttest is the contract of account.Store as tests. Every store passes
// them, or is none.
package accounttest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/internal/storetest"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
)

// Fixture is an empty store, and the outbox by way of which it tells of its accounts.
type Fixture struct {
	Store  account.Store
	Outbox outbox.Store
}

// Run holds the stores that open returns against the contract. Each test asks
// for an empty one of its own.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	subtests := []struct {
		name string
		test func(t *testing.T, store account.Store)
	}{
		{"an account comes back as it was stored", roundTrip},
		{"callers share no memory with the store", copies},
		{"what is unknown is not found", unknown},
		{"an address is taken once", emailTaken},
		{"a change changes what it names", change},
		{"an account that becomes inactive gets a new epoch", deactivate},
		{"the last active admin stays", lastAdmin},
		{"no admin is needed to change others", noAdmin},
		{"accounts are sorted, ties by id", sorted},
		{"pages leave nothing out, and tell the total past the end", pages},
		{"an unknown sort key is an error", unknownSort},
		{"every filter, alone and with others", filters},
		{"admins who demote each other at once", raceDemote},
		{"two accounts of one address at once", raceEmail},
	}
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t).Store) })
	}
	t.Run("a new account is told, and one that is refused is not", func(t *testing.T) { told(t, open(t)) })
}

func told(t *testing.T, f Fixture) {
	var a account.Account
	for _, id := range []string{"first", "refused"} { // of the same address
		a = account.Account{ID: uuid.New(), Email: "ann@example.org", Name: "Ann", PasswordHash: []byte{1}, Role: auth.RoleUser, CreatedAt: noon, UpdatedAt: noon}
		if err := f.Store.Create(t.Context(), a, events.Event{ID: id, Type: events.UserRegisteredV1}); err != nil && !errors.Is(err, account.ErrEmailTaken) {
			t.Fatal(err)
		}
	}
	_, err := f.Outbox.Forward(t.Context(), 10, func(_ context.Context, said ...events.Event) error {
		if len(said) != 1 || said[0].ID != "first" {
			t.Errorf("told %+v, want the first alone", said)
		}
		return nil
	})
	if n, _, waitErr := f.Outbox.Waiting(t.Context()); err != nil || waitErr != nil || n != 0 {
		t.Errorf("Forward() = %v, and %d events wait (%v), want none", err, n, waitErr)
	}
}

// noon is in a zone that is not UTC and has nanoseconds, neither of which a
// store gives back.
var noon = time.Date(2030, time.March, 4, 12, 0, 0, 123_456_789, time.FixedZone("WIB", 7*60*60))

func create(t *testing.T, store account.Store, email string, changes ...func(*account.Account)) account.Account {
	t.Helper()
	a := account.Account{
		ID: uuid.New(), Email: email, Name: "Ann", PasswordHash: []byte{0, 1, 2, 0xff},
		Role: auth.RoleUser, Active: true, Epoch: 3, CreatedAt: noon, UpdatedAt: noon,
	}
	for _, c := range changes {
		c(&a)
	}
	if err := store.Create(t.Context(), a); err != nil {
		t.Fatalf("Create(%s) = %v", email, err)
	}
	a.CreatedAt, a.UpdatedAt = storetest.Exact(a.CreatedAt), storetest.Exact(a.UpdatedAt)
	return a
}

func admin(a *account.Account)    { a.Role = auth.RoleAdmin }
func inactive(a *account.Account) { a.Active = false }

func wantAccount(t *testing.T, store account.Store, want account.Account) {
	t.Helper()
	got, err := store.Get(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, %v, want %+v", got, err, want)
	}
}

func roundTrip(t *testing.T, store account.Store) {
	want := create(t, store, "ann@example.org")
	storetest.WantWhole(t, want)
	wantAccount(t, store, want)
	got, err := store.ByEmail(t.Context(), "ann@example.org")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ByEmail() = %+v, %v, want %+v", got, err, want)
	}
}

func copies(t *testing.T, store account.Store) {
	hash := []byte{1, 2, 3}
	a := create(t, store, "ann@example.org", func(a *account.Account) { a.PasswordHash = hash })
	want := slices.Clone(hash)
	hash[0] = 9
	got, err := store.Get(t.Context(), a.ID)
	if err != nil || !slices.Equal(got.PasswordHash, want) {
		t.Fatalf("PasswordHash = %v, %v, want %v", got.PasswordHash, err, want)
	}
	got.PasswordHash[0] = 9
	a.PasswordHash = want
	wantAccount(t, store, a)
}

func unknown(t *testing.T, store account.Store) {
	ctx, id := t.Context(), uuid.New()
	_, err := store.Get(ctx, id)
	storetest.WantError(t, "Get(unknown)", err, account.ErrNotFound)
	_, err = store.ByEmail(ctx, "nobody@example.org")
	storetest.WantError(t, "ByEmail(unknown)", err, account.ErrNotFound)
	_, err = store.Change(ctx, id, account.Change{}, noon)
	storetest.WantError(t, "Change(unknown)", err, account.ErrNotFound)
}

func emailTaken(t *testing.T, store account.Store) {
	first := create(t, store, "ann@example.org")
	second := first
	second.ID = uuid.New()
	storetest.WantError(t, "Create(same address)", store.Create(t.Context(), second), account.ErrEmailTaken)
	_, err := store.Get(t.Context(), second.ID)
	storetest.WantError(t, "Get(refused)", err, account.ErrNotFound)
	wantAccount(t, store, first)
}

func request(sort page.Sort) page.Request {
	return page.Request{Number: 1, Size: page.MaxSize, Sort: sort}
}
