// Package auth says who a caller is and what they may do: access tokens, refresh
// sessions, passwords and the policy. It knows accounts by their id alone.
package auth

import (
	"errors"

	"github.com/google/uuid"
)

// Outcomes of every check in this package.
var (
	ErrUnauthenticated = errors.New("auth: not logged in")
	ErrForbidden       = errors.New("auth: forbidden")
	ErrTokenInvalid    = errors.New("auth: invalid token")
	ErrTokenReused     = errors.New("auth: refresh token used twice")
)

// Role is what an account may be.
type Role string

// The roles, from the least to the most powerful.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// Valid says whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleUser || r == RoleAdmin }

// Actor is whoever makes a request. The zero Actor is a guest.
type Actor struct {
	ID   uuid.UUID
	Role Role
}
