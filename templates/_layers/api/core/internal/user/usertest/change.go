package usertest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/storetest"
	"example.com/app/internal/user"
)

func change(t *testing.T, store user.Store) {
	tests := []struct {
		name   string
		change user.Change
		want   func(*user.User)
	}{
		{"nothing", user.Change{}, func(*user.User) {}},
		{"the role", user.Change{Role: new(auth.RoleAdmin)}, admin},
		{"what is so already", user.Change{Role: new(auth.RoleUser), Active: new(true)}, func(*user.User) {}},
		{"both", user.Change{Role: new(auth.RoleAdmin), Active: new(false)}, func(u *user.User) {
			u.Role, u.Active, u.Epoch = auth.RoleAdmin, false, 4
		}},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := create(t, store, fmt.Sprintf("ann%d@example.org", i))
			test.want(&want)
			want.UpdatedAt = storetest.Exact(noon.Add(time.Hour))
			got, err := store.Change(t.Context(), want.ID, test.change, noon.Add(time.Hour))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Change() = %+v, %v, want %+v", got, err, want)
			}
			wantUser(t, store, want)
		})
	}
}

func deactivate(t *testing.T, store user.Store) {
	u := create(t, store, "ann@example.org")
	for _, step := range []struct {
		active bool
		epoch  int
	}{{false, 4}, {false, 4}, {true, 4}, {true, 4}, {false, 5}} {
		got, err := store.Change(t.Context(), u.ID, user.Change{Active: &step.active}, noon)
		if err != nil || got.Active != step.active || got.Epoch != step.epoch {
			t.Errorf("Change(active=%t) = active %t, epoch %d, %v, want epoch %d",
				step.active, got.Active, got.Epoch, err, step.epoch)
		}
	}
}

func lastAdmin(t *testing.T, store user.Store) {
	ann, bob := create(t, store, "ann@example.org", admin), create(t, store, "bob@example.org", admin)
	create(t, store, "eve@example.org", admin, inactive)
	demote, leave := user.Change{Role: new(auth.RoleUser)}, user.Change{Active: new(false)}

	if _, err := store.Change(t.Context(), bob.ID, demote, noon); err != nil {
		t.Fatalf("Change(one of two admins) = %v", err)
	}
	for name, c := range map[string]user.Change{"demote": demote, "deactivate": leave} {
		_, err := store.Change(t.Context(), ann.ID, c, noon)
		storetest.WantError(t, "Change(last admin, "+name+")", err, user.ErrLastAdmin)
	}
	wantUser(t, store, ann)
	_, err := store.Change(t.Context(), bob.ID, user.Change{Active: new(false)}, noon)
	storetest.WantError(t, "Change(no admin any more)", err, nil)
}

func noAdmin(t *testing.T, store user.Store) {
	u := create(t, store, "ann@example.org")
	_, err := store.Change(t.Context(), u.ID, user.Change{Active: new(false)}, noon)
	storetest.WantError(t, "Change(user, without any admin)", err, nil)
}

// race runs n calls at once and returns how many succeed. The others must return
// refused.
func race(t *testing.T, n int, refused error, call func(i int) error) int {
	t.Helper()
	succeeded := 0
	for _, err := range storetest.Race(n, call) {
		switch {
		case err == nil:
			succeeded++
		case refused == nil || !errors.Is(err, refused):
			t.Errorf("a racing call = error %v, want %v", err, refused)
		}
	}
	return succeeded
}

func raceDemote(t *testing.T, store user.Store) {
	var admins []user.User
	for round := range 5 {
		for i := range 7 {
			admins = append(admins, create(t, store, fmt.Sprintf("ann%d-%d@example.org", round, i), admin))
		}
		demoted := race(t, len(admins), user.ErrLastAdmin, func(i int) error {
			c := user.Change{Role: new(auth.RoleUser)}
			if i%2 == 0 {
				c = user.Change{Active: new(false)}
			}
			_, err := store.Change(t.Context(), admins[i].ID, c, noon)
			return err
		})
		if want := len(admins) - 1; demoted != want {
			t.Fatalf("%d of %d admins could go at once, want %d", demoted, len(admins), want)
		}
		left, err := store.List(t.Context(), user.Query{Role: new(auth.RoleAdmin), Active: new(true), Page: request(byEmail)})
		if err != nil || left.Total != 1 {
			t.Fatalf("%d active admins are left, %v, want 1", left.Total, err)
		}
		admins = left.Items
	}
}

func raceEmail(t *testing.T, store user.Store) {
	created := race(t, 8, user.ErrEmailTaken, func(int) error {
		return store.Create(t.Context(), user.User{
			ID: uuid.New(), Email: "ann@example.org", PasswordHash: []byte{1}, Role: auth.RoleUser,
			CreatedAt: noon, UpdatedAt: noon,
		})
	})
	if created != 1 {
		t.Errorf("%d accounts of one address were created, want 1", created)
	}
}

func raceEpoch(t *testing.T, store user.Store) {
	const calls = 16
	u := create(t, store, "ann@example.org")
	race(t, calls, nil, func(int) error { return store.NewEpoch(t.Context(), u.ID, noon) })
	u.Epoch += calls
	wantUser(t, store, u)
}

func racePassword(t *testing.T, store user.Store) {
	u := create(t, store, "ann@example.org")
	changed := race(t, 8, user.ErrEpochOver, func(i int) error {
		return store.SetPassword(t.Context(), u.ID, u.Epoch, fmt.Append(nil, i), noon)
	})
	if changed != 1 {
		t.Errorf("%d changes of one epoch's password succeeded at once, want 1", changed)
	}
}
