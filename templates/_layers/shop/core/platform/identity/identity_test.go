package identity_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/platform/identity"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2030, 1, 31, 9, 0, 0, 0, time.UTC)} }

func secret() []byte { return []byte(strings.Repeat("s", identity.MinSecretBytes)) }

func seed(letter string) []byte { return []byte(strings.Repeat(letter, identity.SeedSize)) }

func newAccess(t *testing.T, c *clock) *identity.Access {
	t.Helper()
	access, err := identity.NewAccess(secret(), 5*time.Minute, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return access
}

// newGate returns a gate, and what service user checks its passports with.
func newGate(t *testing.T, letter string, c *clock) (*identity.Gate, *identity.Verifier) {
	t.Helper()
	gate, err := identity.NewGate(seed(letter), c.now)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := identity.NewVerifier(gate.PublicKey(), "user", c.now)
	if err != nil {
		t.Fatal(err)
	}
	return gate, verifier
}

func TestTokens(t *testing.T) {
	t.Parallel()
	c := newClock()
	access := newAccess(t, c)
	gate, verifier := newGate(t, "k", c)
	for _, role := range []auth.Role{auth.RoleUser, auth.RoleAdmin} {
		actor := auth.Actor{ID: uuid.New(), Role: role}
		token, life, err := access.Sign(actor)
		if err != nil || life != 5*time.Minute {
			t.Fatalf("Sign = %s, %v", life, err)
		}
		if got, err := access.Verify(token); err != nil || got != actor {
			t.Errorf("Verify = %+v, %v, want %+v", got, err, actor)
		}
		passport, err := gate.Sign(actor, "user")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := verifier.Verify(passport); err != nil || got != actor {
			t.Errorf("Verify of the passport = %+v, %v, want %+v", got, err, actor)
		}
	}
}

// TestForgeries holds tokens that nobody may get through with.
func TestForgeries(t *testing.T) {
	t.Parallel()
	c := newClock()
	access := newAccess(t, c)
	gate, verifier := newGate(t, "k", c)
	stranger, _ := newGate(t, "x", c)
	actor := auth.Actor{ID: uuid.New(), Role: auth.RoleAdmin}
	token, _, err := access.Sign(actor)
	if err != nil {
		t.Fatal(err)
	}
	passport := func(g *identity.Gate, service string) string {
		signed, err := g.Sign(actor, service)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		all := jwt.MapClaims{
			"iss": "shop", "aud": []string{"user"}, "sub": actor.ID.String(), "role": "admin",
			"exp": c.now().Add(time.Minute).Unix(),
		}
		change(all)
		return all
	}
	sign := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		signed, err := jwt.NewWithClaims(method, claims(change)).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	same := func(jwt.MapClaims) {}
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	body := strings.Split(passport(gate, "user"), ".")[1]

	tests := []struct {
		name   string
		verify func(string) (auth.Actor, error)
		token  string
	}{
		{name: "nothing", verify: verifier.Verify},
		{name: "noise", verify: verifier.Verify, token: "a.b.c"},
		{name: "a passport of another key", verify: verifier.Verify, token: passport(stranger, "user")},
		{name: "a passport for another service", verify: verifier.Verify, token: passport(gate, "product")},
		{name: "an access token as a passport", verify: verifier.Verify, token: token},
		{name: "a passport as an access token", verify: access.Verify, token: passport(gate, "user")},
		{name: "no signature", verify: verifier.Verify, token: head + "." + body + "."},
		{name: "the public key as a secret", verify: verifier.Verify, token: sign(jwt.SigningMethodHS256, []byte(gate.PublicKey()), same)},
		{name: "the secret, for another audience", verify: access.Verify, token: sign(jwt.SigningMethodHS256, secret(), same)},
		{name: "another method with the secret", verify: access.Verify, token: sign(jwt.SigningMethodHS512, secret(), func(m jwt.MapClaims) { m["aud"] = "gateway" })},
		{name: "no end", verify: access.Verify, token: sign(jwt.SigningMethodHS256, secret(), func(m jwt.MapClaims) { m["aud"] = "gateway"; delete(m, "exp") })},
		{name: "another issuer", verify: access.Verify, token: sign(jwt.SigningMethodHS256, secret(), func(m jwt.MapClaims) { m["aud"] = "gateway"; m["iss"] = "api" })},
		{name: "no such role", verify: access.Verify, token: sign(jwt.SigningMethodHS256, secret(), func(m jwt.MapClaims) { m["aud"] = "gateway"; m["role"] = "root" })},
		{name: "no account", verify: access.Verify, token: sign(jwt.SigningMethodHS256, secret(), func(m jwt.MapClaims) { m["aud"] = "gateway"; m["sub"] = "me" })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := tt.verify(tt.token); !errors.Is(err, auth.ErrTokenInvalid) || got != (auth.Actor{}) {
				t.Errorf("Verify = %+v, %v, want %v", got, err, auth.ErrTokenInvalid)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	c := newClock()
	access := newAccess(t, c)
	gate, verifier := newGate(t, "k", c)
	actor := auth.Actor{ID: uuid.New(), Role: auth.RoleUser}
	token, life, err := access.Sign(actor)
	if err != nil {
		t.Fatal(err)
	}
	passport, err := gate.Sign(actor, "user")
	if err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Minute)
	if _, err := verifier.Verify(passport); !errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("Verify of a passport after a minute = %v, want %v", err, auth.ErrTokenInvalid)
	}
	if _, err := access.Verify(token); err != nil {
		t.Errorf("Verify of an access token after a minute = %v", err)
	}
	c.at = c.at.Add(life)
	if _, err := access.Verify(token); !errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("Verify of an old access token = %v, want %v", err, auth.ErrTokenInvalid)
	}
}

func TestKeysOfTheWrongLength(t *testing.T) {
	t.Parallel()
	if _, err := identity.NewAccess(secret()[1:], time.Minute, time.Now); err == nil {
		t.Error("NewAccess takes a short secret")
	}
	if _, err := identity.NewGate(secret()[1:], time.Now); err == nil {
		t.Error("NewGate takes a short seed")
	}
	if _, err := identity.NewVerifier(secret()[1:], "user", time.Now); err == nil {
		t.Error("NewVerifier takes a short key")
	}
}
