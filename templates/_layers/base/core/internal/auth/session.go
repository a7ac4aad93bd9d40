package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"
)

// Session is one log-in: a family of refresh tokens, of which only the newest
// may be used, and only once.
type Session struct {
	ID        uuid.UUID
	UserID    uuid.UUID
	Epoch     int // the account's epoch at log-in; see user.User
	CreatedAt time.Time
	ExpiresAt time.Time
}

// RefreshToken is what a client holds: 130 bits from the system's random source.
type RefreshToken string

// NewRefreshToken makes a token that nobody can guess.
func NewRefreshToken() RefreshToken { return RefreshToken(rand.Text()) }

// TokenHash is what is stored of a refresh token. A plain SHA-256 is enough, as
// the token is random: there is no dictionary to try.
type TokenHash [sha256.Size]byte

// Hash is the form in which the token may be stored.
func (t RefreshToken) Hash() TokenHash { return sha256.Sum256([]byte(t)) }

// Sessions keeps sessions and the hashes of their refresh tokens. All of its
// methods are atomic, whoever calls them at the same time, and return
// outage.ErrUnavailable when the store cannot be reached.
type Sessions interface {
	// Create stores a session with its first token, and forgets the sessions of
	// the same account that expired before session.CreatedAt.
	Create(ctx context.Context, session Session, token TokenHash) error

	// Rotate uses up the old token and puts next in its place. Of two calls with
	// the same token one succeeds. It returns
	//   - ErrTokenReused when old was used up before: somebody has stolen a
	//     token, and as nobody can say who, the session has ended;
	//   - ErrTokenInvalid when old is unknown, or its session has ended or has
	//     expired at now.
	Rotate(ctx context.Context, old, next TokenHash, now time.Time) (Session, error)

	// End ends the session that a token belongs to, used up or not. It is
	// no error that a token is unknown.
	End(ctx context.Context, token TokenHash, now time.Time) error
}
