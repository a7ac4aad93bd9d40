package auth_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

func TestScope(t *testing.T) {
	t.Parallel()
	const none, own, all = auth.None, auth.Own, auth.Any
	policy := auth.Policy{
		"books:read":   {Guest: all, User: all, Admin: all},
		"books:lend":   {Guest: none, User: own, Admin: own},
		"books:return": {Guest: none, User: own, Admin: all},
		"books:buy":    {Guest: none, User: none, Admin: all},
	}
	guest := auth.Actor{}
	user := auth.Actor{ID: uuid.New(), Role: auth.RoleUser}
	admin := auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}
	stranger := auth.Actor{ID: uuid.New(), Role: "owner"} // a role that there is not
	for _, action := range []auth.Action{"books:read", "books:lend", "books:return", "books:buy", "books:burn"} {
		rule := policy[action] // the last has none
		wantScope(t, policy, guest, action, rule.Guest, auth.ErrUnauthenticated)
		wantScope(t, policy, stranger, action, rule.Guest, auth.ErrUnauthenticated)
		wantScope(t, policy, user, action, rule.User, auth.ErrForbidden)
		wantScope(t, policy, admin, action, rule.Admin, auth.ErrForbidden)
	}
}

func wantScope(t *testing.T, policy auth.Policy, actor auth.Actor, action auth.Action, want auth.Scope, refused error) {
	t.Helper()
	if want != auth.None {
		refused = nil
	}
	got, err := policy.Scope(actor, action)
	if got != want || !errors.Is(err, refused) {
		t.Errorf("Scope(%q, %s) = %v, %v, want %v, %v", actor.Role, action, got, err, want, refused)
	}
}

func TestValidRole(t *testing.T) {
	t.Parallel()
	for role, want := range map[auth.Role]bool{auth.RoleUser: true, auth.RoleAdmin: true, "": false, "Admin": false} {
		if got := role.Valid(); got != want {
			t.Errorf("%q.Valid() = %t, want %t", role, got, want)
		}
	}
}
