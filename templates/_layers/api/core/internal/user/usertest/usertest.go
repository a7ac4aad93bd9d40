// Package usertest is the contract of user.Store as tests. Every store passes
// them, or is none.
package usertest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/internal/storetest"
	"example.com/app/internal/user"
)

// Run holds the stores that open returns against the contract. Each test asks
// for an empty one of its own.
func Run(t *testing.T, open func(t *testing.T) user.Store) {
	subtests := []struct {
		name string
		test func(t *testing.T, store user.Store)
	}{
		{"an account comes back as it was stored", roundTrip},
		{"callers share no memory with the store", copies},
		{"what is unknown is not found", unknown},
		{"an address is taken once", emailTaken},
		{"a change changes what it names", change},
		{"an account that becomes inactive gets a new epoch", deactivate},
		{"the last active admin stays", lastAdmin},
		{"no admin is needed to change others", noAdmin},
		{"a new password starts a new epoch", setPassword},
		{"a new epoch changes nothing else", newEpoch},
		{"accounts are sorted, ties by id", sorted},
		{"pages leave nothing out, and tell the total past the end", pages},
		{"an unknown sort key is an error", unknownSort},
		{"every filter, alone and with others", filters},
		{"admins who demote each other at once", raceDemote},
		{"two accounts of one address at once", raceEmail},
		{"epochs are counted one by one", raceEpoch},
		{"two changes of a password at once", racePassword},
	}
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

// noon is in a zone that is not UTC and has nanoseconds, neither of which a
// store gives back.
var noon = time.Date(2030, time.March, 4, 12, 0, 0, 123_456_789, time.FixedZone("WIB", 7*60*60))

func create(t *testing.T, store user.Store, email string, changes ...func(*user.User)) user.User {
	t.Helper()
	u := user.User{
		ID: uuid.New(), Email: email, Name: "Ann", PasswordHash: []byte{0, 1, 2, 0xff},
		Role: auth.RoleUser, Active: true, Epoch: 3, CreatedAt: noon, UpdatedAt: noon,
	}
	for _, c := range changes {
		c(&u)
	}
	if err := store.Create(t.Context(), u); err != nil {
		t.Fatalf("Create(%s) = %v", email, err)
	}
	u.CreatedAt, u.UpdatedAt = storetest.Exact(u.CreatedAt), storetest.Exact(u.UpdatedAt)
	return u
}

func admin(u *user.User)    { u.Role = auth.RoleAdmin }
func inactive(u *user.User) { u.Active = false }

func wantUser(t *testing.T, store user.Store, want user.User) {
	t.Helper()
	got, err := store.Get(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get() = %+v, %v, want %+v", got, err, want)
	}
}

func roundTrip(t *testing.T, store user.Store) {
	want := create(t, store, "ann@example.org")
	storetest.WantWhole(t, want)
	wantUser(t, store, want)
	got, err := store.ByEmail(t.Context(), "ann@example.org")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ByEmail() = %+v, %v, want %+v", got, err, want)
	}
}

func copies(t *testing.T, store user.Store) {
	hash := []byte{1, 2, 3}
	u := create(t, store, "ann@example.org", func(u *user.User) { u.PasswordHash = hash })
	want := slices.Clone(hash)
	hash[0] = 9
	got, err := store.Get(t.Context(), u.ID)
	if err != nil || !slices.Equal(got.PasswordHash, want) {
		t.Fatalf("PasswordHash = %v, %v, want %v", got.PasswordHash, err, want)
	}
	got.PasswordHash[0] = 9
	u.PasswordHash = want
	wantUser(t, store, u)
}

func unknown(t *testing.T, store user.Store) {
	ctx, id := t.Context(), uuid.New()
	_, err := store.Get(ctx, id)
	storetest.WantError(t, "Get(unknown)", err, user.ErrNotFound)
	_, err = store.ByEmail(ctx, "nobody@example.org")
	storetest.WantError(t, "ByEmail(unknown)", err, user.ErrNotFound)
	_, err = store.Change(ctx, id, user.Change{}, noon)
	storetest.WantError(t, "Change(unknown)", err, user.ErrNotFound)
	storetest.WantError(t, "SetPassword(unknown)", store.SetPassword(ctx, id, 0, []byte{1}, noon), user.ErrNotFound)
	storetest.WantError(t, "NewEpoch(unknown)", store.NewEpoch(ctx, id, noon), user.ErrNotFound)
}

func emailTaken(t *testing.T, store user.Store) {
	first := create(t, store, "ann@example.org")
	second := first
	second.ID = uuid.New()
	storetest.WantError(t, "Create(same address)", store.Create(t.Context(), second), user.ErrEmailTaken)
	_, err := store.Get(t.Context(), second.ID)
	storetest.WantError(t, "Get(refused)", err, user.ErrNotFound)
	wantUser(t, store, first)
}

func setPassword(t *testing.T, store user.Store) {
	u := create(t, store, "ann@example.org")
	if err := store.SetPassword(t.Context(), u.ID, u.Epoch, []byte{7}, noon.Add(time.Hour)); err != nil {
		t.Fatalf("SetPassword() = %v", err)
	}
	u.PasswordHash, u.Epoch, u.UpdatedAt = []byte{7}, 4, storetest.Exact(noon.Add(time.Hour))
	wantUser(t, store, u)
}

func newEpoch(t *testing.T, store user.Store) {
	other := create(t, store, "bob@example.org")
	u := create(t, store, "ann@example.org")
	if err := store.NewEpoch(t.Context(), u.ID, noon.Add(time.Hour)); err != nil {
		t.Fatalf("NewEpoch() = %v", err)
	}
	u.Epoch, u.UpdatedAt = 4, storetest.Exact(noon.Add(time.Hour))
	wantUser(t, store, u)
	wantUser(t, store, other)
}

func request(sort page.Sort) page.Request {
	return page.Request{Number: 1, Size: page.MaxSize, Sort: sort}
}
