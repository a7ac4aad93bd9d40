package auth

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// MinKeyBytes is the least length of a signing key: as long as the hash of
// HS256, which RFC 7518 (3.2) demands.
const MinKeyBytes = 32

// Issuer and Audience are checked in every token: one that was made for something
// else is refused, even where it is signed with the same key.
const (
	Issuer   = "api"
	Audience = "api"
)

// Signer issues and verifies access tokens: JWTs signed with HMAC-SHA256.
type Signer struct {
	key    []byte
	life   time.Duration
	now    func() time.Time
	parser *jwt.Parser
}

// NewSigner demands a key of at least MinKeyBytes. Its tokens are valid for life.
func NewSigner(key []byte, life time.Duration, now func() time.Time) (*Signer, error) {
	if len(key) < MinKeyBytes {
		return nil, fmt.Errorf("auth: a signing key needs at least %d bytes, not %d", MinKeyBytes, len(key))
	}
	return &Signer{key: key, life: life, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), // never "none", never what the token asks for
		jwt.WithIssuer(Issuer),
		jwt.WithAudience(Audience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
	)}, nil
}

// Identity is what an access token proves. It says nothing of the role: that may
// change while the token lives.
type Identity struct {
	UserID uuid.UUID
	Epoch  int // the account's epoch when the token was issued; see user.User
}

type claims struct {
	jwt.RegisteredClaims
	Epoch int `json:"epoch"`
}

// Sign issues a token for id and says for how long it is valid.
func (s *Signer) Sign(id Identity) (token string, life time.Duration, err error) {
	now := s.now()
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID:        uuid.NewString(),
			Issuer:    Issuer,
			Subject:   id.UserID.String(),
			Audience:  jwt.ClaimStrings{Audience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(s.life)),
		},
		Epoch: id.Epoch,
	}).SignedString(s.key)
	if err != nil {
		return "", 0, fmt.Errorf("sign access token: %w", err)
	}
	return token, s.life, nil
}

// Verify returns ErrTokenInvalid for everything but a token that Sign issued
// with the same key and that has not expired.
func (s *Signer) Verify(token string) (Identity, error) {
	var c claims
	if _, err := s.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.key, nil }); err != nil {
		return Identity{}, errors.Join(ErrTokenInvalid, err)
	}
	id, err := uuid.Parse(c.Subject)
	if err != nil {
		return Identity{}, errors.Join(ErrTokenInvalid, err)
	}
	return Identity{UserID: id, Epoch: c.Epoch}, nil
}
