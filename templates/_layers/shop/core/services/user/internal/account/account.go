// Package account keeps the accounts: who may log in, with which role, and their
// sessions.
package account

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// Outcomes of this package.
var (
	ErrNotFound        = errors.New("account: not found")
	ErrEmailTaken      = errors.New("account: email taken")
	ErrLastAdmin       = errors.New("account: last active admin")
	ErrWrongCredential = errors.New("account: wrong email or password")
)

// Account is somebody who may log in.
type Account struct {
	ID           uuid.UUID
	Email        string // lower case, unique; it never leaves this service
	Name         string
	PasswordHash []byte
	Role         auth.Role
	Active       bool
	// Epoch grows at a deactivation. Sessions of an older epoch are worthless.
	Epoch     int
	CreatedAt time.Time
	UpdatedAt time.Time
}

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

// Store keeps accounts, and the events that tell of them until they are published. All of
// its methods are atomic, whoever calls them at the same time, and return
// outage.ErrUnavailable when the store cannot be reached.
type Store interface {
	// Create keeps an account together with the events: both or none. It returns
	// ErrEmailTaken when an account has the same address.
	Create(ctx context.Context, a Account, say ...events.Event) error

	// Get returns ErrNotFound when there is no such account.
	Get(ctx context.Context, id uuid.UUID) (Account, error)

	// ByEmail returns ErrNotFound when no account has the address, which must be
	// in lower case.
	ByEmail(ctx context.Context, email string) (Account, error)

	// List returns one page of the accounts that q selects.
	List(ctx context.Context, q Query) (page.List[Account], error)

	// Change applies c and returns the account as it is then. An account that
	// becomes inactive gets a new epoch. It returns ErrNotFound, or ErrLastAdmin
	// when no active admin would be left: of two admins who demote each other at
	// once, one stays.
	Change(ctx context.Context, id uuid.UUID, c Change, now time.Time) (Account, error)
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
