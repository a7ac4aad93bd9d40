package auth_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
)

func newPasswords(t *testing.T) *auth.Passwords {
	t.Helper()
	p, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBadCost(t *testing.T) {
	t.Parallel()
	if _, err := auth.NewPasswords(bcrypt.MaxCost + 1); err == nil {
		t.Error("NewPasswords(too much) = no error, want one")
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	longest := strings.Repeat("a", auth.MaxPasswordBytes)
	hash := func(password string) []byte {
		h, err := p.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	tests := []struct {
		name     string
		hash     []byte
		password string
		want     bool
	}{
		{"right", hash("correct horse"), "correct horse", true},
		{"wrong", hash("correct horse"), "correct horsf", false},
		{"empty", hash("correct horse"), "", false},
		{"longest", hash(longest), longest, true},
		{"longest and more", hash(longest), longest + "b", false},
		{"no account", nil, "correct horse", false},
		{"no account, no password", nil, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := p.Matches(t.Context(), test.hash, test.password)
			if err != nil || got != test.want {
				t.Errorf("Matches() = %t, %v, want %t", got, err, test.want)
			}
		})
	}
	if _, err := p.Matches(t.Context(), []byte("no hash"), "correct horse"); err == nil {
		t.Error("Matches(no hash) = no error, want one")
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	first, err := p.Hash(t.Context(), "correct horse")
	if err != nil || bytes.Contains(first, []byte("correct horse")) {
		t.Errorf("Hash() = %q, %v, want it not to hold the password", first, err)
	}
	if second, err := p.Hash(t.Context(), "correct horse"); err != nil || bytes.Equal(first, second) {
		t.Errorf("Hash() = %q twice, %v, want a salt", second, err)
	}
	if _, err := p.Hash(t.Context(), strings.Repeat("a", auth.MaxPasswordBytes+1)); err == nil {
		t.Error("Hash(73 bytes) = no error, want one")
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, password string
		good           bool
	}{
		{"shortest", strings.Repeat("é", auth.MinPasswordChars), true},
		{"too short", strings.Repeat("é", auth.MinPasswordChars-1), false},
		{"longest", strings.Repeat("a", auth.MaxPasswordBytes), true},
		{"too long", strings.Repeat("a", auth.MaxPasswordBytes+1), false},
		{"too many bytes", strings.Repeat("é", auth.MaxPasswordBytes/2+1), false},
		{"NUL", "correct\x00horse", false},
		{"invalid UTF-8", "correct horse\xff", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var errs field.Errors
			newPasswords(t).Check(&errs, "password", test.password)
			if good := len(errs) == 0; good != test.good {
				t.Errorf("Check() = %v, want it good: %t", errs, test.good)
			}
			if len(errs) > 1 || len(errs) == 1 && errs[0].Name != "password" {
				t.Errorf("Check() = %v, want at most one error, of password", errs)
			}
		})
	}
}

func TestRefreshToken(t *testing.T) {
	t.Parallel()
	const tokens = 1000
	hashes := make(map[auth.TokenHash]bool)
	for range tokens {
		token := auth.NewRefreshToken()
		if len(token) < 26 { // 130 bits in base 32
			t.Fatalf("NewRefreshToken() = %d characters, want at least 26", len(token))
		}
		if token.Hash() != auth.RefreshToken(string(token)).Hash() {
			t.Fatal("Hash() = two hashes of one token, want one")
		}
		hashes[token.Hash()] = true
	}
	if len(hashes) != tokens {
		t.Errorf("%d tokens have %d hashes, want as many", tokens, len(hashes))
	}
}

// Whoever leaves while others are served is not served any more.
func TestPasswordsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	const cost = bcrypt.MinCost + 3 // enough for all calls to wait at the same time
	p, err := auth.NewPasswords(cost)
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	const calls = 64
	var (
		running sync.WaitGroup
		left    atomic.Int32
	)
	for range calls {
		running.Go(func() {
			switch _, err := p.Hash(ctx, "correct horse battery"); {
			case err == nil:
				leave()
			case errors.Is(err, context.Canceled):
				left.Add(1)
			default:
				t.Errorf("Hash() = error %v, want %v", err, context.Canceled)
			}
		})
	}
	running.Wait()
	if left.Load() < calls/2 {
		t.Errorf("%d of %d calls gave up when their context ended, want most of them", left.Load(), calls)
	}
}
