package auth_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

// The policy, told once more: who changes it changes it here, too.
func TestPolicy(t *testing.T) {
	t.Parallel()
	const none, own, all = auth.None, auth.Own, auth.Any
	want := map[auth.Action]auth.Rule{
		auth.ReadRooms:          {Guest: all, User: all, Admin: all},
		auth.ManageRooms:        {Guest: none, User: none, Admin: all},
		auth.CreateReservations: {Guest: none, User: own, Admin: own},
		auth.ReadReservations:   {Guest: none, User: own, Admin: all},
		auth.ChangeReservations: {Guest: none, User: own, Admin: all},
		auth.UseAccount:         {Guest: none, User: own, Admin: own},
		auth.ManageAccounts:     {Guest: none, User: none, Admin: all},
		"rooms:paint":           {Guest: none, User: none, Admin: none}, // has no rule
	}
	policy := auth.NewPolicy()
	if got := len(policy) + 1; got != len(want) {
		t.Errorf("NewPolicy() has %d rules, want %d", got-1, len(want)-1)
	}
	guest := auth.Actor{}
	user := auth.Actor{ID: uuid.New(), Role: auth.RoleUser}
	admin := auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}
	stranger := auth.Actor{ID: uuid.New(), Role: "owner"} // a role that there is not
	for action, rule := range want {
		wantScope(t, policy, guest, action, rule.Guest, auth.ErrUnauthenticated)
		wantScope(t, policy, stranger, action, rule.Guest, auth.ErrUnauthenticated)
		wantScope(t, policy, user, action, rule.User, auth.ErrForbidden)
		wantScope(t, policy, admin, action, rule.Admin, auth.ErrForbidden)
	}
}
