// Package identity proves who is asking: access tokens prove it to the gateway, and
// passports prove to the services what the gateway found.
package identity

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

// Header is where a request carries its passport. The gateway drops what a client puts
// there.
const Header = "Identity"

// A token is good for one audience: an access token for the gateway, and a passport for one
// service, as none of them may show others what it was shown itself.
const (
	issuer         = "shop"
	accessAudience = "gateway"
	passportLife   = time.Minute
)

// SeedSize is how many bytes a gateway's key is made from.
const SeedSize = ed25519.SeedSize

// MinSecretBytes is the least length of a secret: as long as the hash of HS256, which
// RFC 7518 (3.2) demands.
const MinSecretBytes = 32

type claims struct {
	jwt.RegisteredClaims
	Role auth.Role `json:"role"`
}

func newClaims(actor auth.Actor, audience string, now time.Time, life time.Duration) claims {
	return claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Subject:   actor.ID.String(),
			Audience:  jwt.ClaimStrings{audience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(life)),
		},
		Role: actor.Role,
	}
}

// newParser accepts one method alone: never "none", never what the token asks for.
func newParser(method jwt.SigningMethod, audience string, now func() time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{method.Alg()}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
	)
}

// verify returns whom a token is about, or auth.ErrTokenInvalid.
func verify(parser *jwt.Parser, token string, key any) (auth.Actor, error) {
	var c claims
	if _, err := parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return key, nil }); err != nil {
		return auth.Actor{}, errors.Join(auth.ErrTokenInvalid, err)
	}
	id, err := uuid.Parse(c.Subject)
	if err != nil || !c.Role.Valid() {
		return auth.Actor{}, errors.Join(auth.ErrTokenInvalid, err)
	}
	return auth.Actor{ID: id, Role: c.Role}, nil
}

// Access issues and verifies access tokens: JWTs signed with HMAC-SHA256. User service
// and gateway share the secret.
type Access struct {
	secret []byte
	life   time.Duration
	now    func() time.Time
	parser *jwt.Parser
}

// NewAccess demands a secret of at least MinSecretBytes. Its tokens are valid for life.
func NewAccess(secret []byte, life time.Duration, now func() time.Time) (*Access, error) {
	if len(secret) < MinSecretBytes {
		return nil, fmt.Errorf("identity: a secret needs at least %d bytes, not %d", MinSecretBytes, len(secret))
	}
	return &Access{secret: secret, life: life, now: now, parser: newParser(jwt.SigningMethodHS256, accessAudience, now)}, nil
}

// Sign issues a token for an actor and says for how long it is valid.
func (a *Access) Sign(actor auth.Actor) (token string, life time.Duration, err error) {
	c := newClaims(actor, accessAudience, a.now(), a.life)
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(a.secret)
	if err != nil {
		return "", 0, fmt.Errorf("sign access token: %w", err)
	}
	return token, a.life, nil
}

// Verify returns auth.ErrTokenInvalid for everything but a token that Sign issued with
// the same secret and that has not expired.
func (a *Access) Verify(token string) (auth.Actor, error) { return verify(a.parser, token, a.secret) }

// Gate issues passports: JWTs signed with Ed25519, whose private key the gateway alone
// has. A service can check one, and cannot make one.
type Gate struct {
	key ed25519.PrivateKey
	now func() time.Time
}

// NewGate makes the key from a seed of ed25519.SeedSize bytes.
func NewGate(seed []byte, now func() time.Time) (*Gate, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("identity: a key is made from %d bytes, not %d", ed25519.SeedSize, len(seed))
	}
	return &Gate{key: ed25519.NewKeyFromSeed(seed), now: now}, nil
}

// PublicKey is what services check passports with.
func (g *Gate) PublicKey() ed25519.PublicKey {
	return ed25519.PublicKey(g.key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// Sign issues a passport, which is good at one service, for a minute.
func (g *Gate) Sign(actor auth.Actor, service string) (string, error) {
	c := newClaims(actor, service, g.now(), passportLife)
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(g.key)
	if err != nil {
		return "", fmt.Errorf("sign passport: %w", err)
	}
	return token, nil
}

// Verifier checks passports.
type Verifier struct {
	key    ed25519.PublicKey
	parser *jwt.Parser
}

// NewVerifier checks passports for a service, of the gateway whose public key it is.
func NewVerifier(key ed25519.PublicKey, service string, now func() time.Time) (*Verifier, error) {
	if len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("identity: a public key has %d bytes, not %d", ed25519.PublicKeySize, len(key))
	}
	return &Verifier{key: key, parser: newParser(jwt.SigningMethodEdDSA, service, now)}, nil
}

// Verify returns auth.ErrTokenInvalid for everything but a passport that the gateway
// signed for this service and that has not expired.
func (v *Verifier) Verify(passport string) (auth.Actor, error) {
	return verify(v.parser, passport, v.key)
}
