package user_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
	"example.com/app/internal/memory"
	"example.com/app/internal/user"
)

const password = "correct horse battery"

func newService(t *testing.T) *user.Service {
	t.Helper()
	signer, err := auth.NewSigner([]byte("a key for tests, and for tests alone"), time.Minute, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	passwords, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return &user.Service{
		Store: &memory.Users{}, Sessions: &memory.Sessions{}, Signer: signer, Passwords: passwords,
		Policy: auth.NewPolicy(), SessionLife: time.Hour, Now: time.Now,
	}
}

// Whoever knows the old password must not undo its change by a change of their
// own that began before.
func TestPasswordChangesAtOnce(t *testing.T) {
	t.Parallel()
	s := newService(t)
	u, err := s.Register(t.Context(), user.Registration{Email: "sari@example.com", Name: "Sari", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	next := [8]string{}
	errs := [8]error{}
	var running sync.WaitGroup
	for i := range next {
		next[i] = password + string(rune('0'+i))
		running.Go(func() { errs[i] = s.ChangePassword(t.Context(), u.Actor(), password, next[i]) })
	}
	running.Wait()

	changed := 0
	for i, err := range errs {
		_, loginErr := s.LogIn(t.Context(), u.Email, next[i])
		switch {
		case err == nil && loginErr == nil:
			changed++
		case err == nil:
			t.Errorf("ChangePassword() = no error, and then LogIn() = %v", loginErr)
		case !errors.Is(err, user.ErrEpochOver) && !errors.Is(err, user.ErrWrongPassword):
			t.Errorf("ChangePassword() = %v, want %v or %v", err, user.ErrEpochOver, user.ErrWrongPassword)
		}
	}
	if changed != 1 {
		t.Errorf("%d changes of one password succeeded at once, want 1", changed)
	}
}

// A password that is changed while somebody logs in with the old one leaves them
// with tokens that are worth nothing.
func TestTokensOfAnOldPassword(t *testing.T) {
	t.Parallel()
	s := newService(t)
	u, err := s.Register(t.Context(), user.Registration{Email: "sari@example.com", Name: "Sari", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.LogIn(t.Context(), "SARI@example.com", password)
	if err != nil {
		t.Fatal(err)
	}
	if actor, err := s.Authenticate(t.Context(), old.Access); err != nil || actor != u.Actor() {
		t.Fatalf("Authenticate() = %v, %v, want %v", actor, err, u.Actor())
	}
	if err := s.ChangePassword(t.Context(), u.Actor(), password, "another horse battery"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), old.Access); !errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("Authenticate(old) = %v, want %v", err, auth.ErrTokenInvalid)
	}
	if _, err := s.Refresh(t.Context(), old.Refresh); !errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("Refresh(old) = %v, want %v", err, auth.ErrTokenInvalid)
	}
}
