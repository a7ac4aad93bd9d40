// Package user keeps the accounts: who may log in, with which role, and their
// sessions.
package user

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// Outcomes of this package.
var (
	ErrNotFound        = errors.New("user: not found")
	ErrEmailTaken      = errors.New("user: email taken")
	ErrLastAdmin       = errors.New("user: last active admin")
	ErrWrongCredential = errors.New("user: wrong email or password")
	ErrWrongPassword   = errors.New("user: wrong password")
	ErrEpochOver       = errors.New("user: epoch is over")
)

// User is an account.
type User struct {
	ID           uuid.UUID
	Email        string // lower case, unique
	Name         string
	PasswordHash []byte
	Role         auth.Role
	Active       bool
	// Epoch grows whenever everything issued before must end: at a new
	// password, at a deactivation, at a log-out everywhere. Access tokens and
	// sessions of an older epoch are worthless.
	Epoch     int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Actor is the account as somebody who does something.
func (u User) Actor() auth.Actor { return auth.Actor{ID: u.ID, Role: u.Role} }

// Query selects accounts. Nil and empty fields select all.
type Query struct {
	Email  string // a part of the address, in any case
	Role   *auth.Role
	Active *bool
	Page   page.Request // sorted by one of SortKeys
}

// SortKeys is what accounts can be sorted by, the default first.
func SortKeys() []string { return []string{"email", "created_at"} }

// Change is what an admin changes about an account. Nil fields stay.
type Change struct {
	Role   *auth.Role
	Active *bool
}

// Store keeps accounts. All of its methods are atomic, whoever calls them at the
// same time, and return outage.ErrUnavailable when the store cannot be reached.
type Store interface {
	// Create returns ErrEmailTaken when an account has the same address.
	Create(ctx context.Context, u User) error

	// Get returns ErrNotFound when there is no such account.
	Get(ctx context.Context, id uuid.UUID) (User, error)

	// ByEmail returns ErrNotFound when no account has the address, which must be
	// in lower case.
	ByEmail(ctx context.Context, email string) (User, error)

	// List returns one page of the accounts that q selects.
	List(ctx context.Context, q Query) (page.List[User], error)

	// Change applies c and returns the account as it is then. An account that
	// becomes inactive gets a new epoch. It returns ErrNotFound, or ErrLastAdmin
	// when no active admin would be left: of two admins who demote each other at
	// once, one stays.
	Change(ctx context.Context, id uuid.UUID, c Change, now time.Time) (User, error)

	// SetPassword stores a new hash and starts a new epoch, if the account is in
	// the epoch given. It returns ErrNotFound, or ErrEpochOver when the epoch is
	// another: of two changes at once, one succeeds.
	SetPassword(ctx context.Context, id uuid.UUID, epoch int, hash []byte, now time.Time) error

	// NewEpoch ends everything that was issued to the account. It returns
	// ErrNotFound when there is no such account.
	NewEpoch(ctx context.Context, id uuid.UUID, now time.Time) error
}

// parseEmail accepts a bare address in ASCII and returns it in lower case.
// Addresses that differ in case alone reach the same person at every provider in
// use. Beyond ASCII that is not so: the Kelvin sign becomes an ordinary k.
func parseEmail(value string) (string, error) {
	const maxBytes = 254 // RFC 5321, 4.5.3.1.3
	address, err := mail.ParseAddress(value)
	notASCII := func(r rune) bool { return r > unicode.MaxASCII }
	if err != nil || address.Address != value || len(value) > maxBytes || !field.Printable(value) || strings.ContainsFunc(value, notASCII) {
		return "", errors.New("must be an e-mail address")
	}
	return strings.ToLower(value), nil
}
