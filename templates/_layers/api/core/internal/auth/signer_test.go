package auth_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

var (
	noon = time.Date(2030, time.March, 4, 12, 0, 0, 0, time.UTC)
	key  = []byte(strings.Repeat("k", auth.MinKeyBytes))
)

func newSigner(t *testing.T, key []byte, now time.Time) *auth.Signer {
	t.Helper()
	s, err := auth.NewSigner(key, 15*time.Minute, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShortKey(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, auth.MinKeyBytes - 1} {
		if _, err := auth.NewSigner(key[:length], time.Minute, time.Now); err == nil {
			t.Errorf("NewSigner with a key of %d bytes = no error, want one", length)
		}
	}
}

func TestSignedToken(t *testing.T) {
	t.Parallel()
	want := auth.Identity{UserID: uuid.New(), Epoch: 7}
	token, life, err := newSigner(t, key, noon).Sign(want)
	if err != nil || life != 15*time.Minute {
		t.Fatalf("Sign() = %v, %v, want a life of 15m", life, err)
	}
	tests := []struct {
		name string
		key  []byte
		now  time.Time
		good bool
	}{
		{"at once", key, noon, true},
		{"just in time", key, noon.Add(life - time.Second), true},
		{"expired", key, noon.Add(life), false},
		{"by a clock that is slow", key, noon.Add(-time.Second), true},
		{"other key", []byte(strings.Repeat("x", auth.MinKeyBytes)), noon, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := newSigner(t, test.key, test.now).Verify(token)
			if test.good && (err != nil || got != want) {
				t.Errorf("Verify() = %+v, %v, want %+v", got, err, want)
			}
			if !test.good && (!errors.Is(err, auth.ErrTokenInvalid) || got != auth.Identity{}) {
				t.Errorf("Verify() = %+v, %v, want %v", got, err, auth.ErrTokenInvalid)
			}
		})
	}
}

func TestTokensDiffer(t *testing.T) {
	t.Parallel()
	s, id := newSigner(t, key, noon), auth.Identity{UserID: uuid.New()}
	first, _, _ := s.Sign(id)
	if second, _, _ := s.Sign(id); first == second {
		t.Error("Sign() = the same token twice within a second, want another")
	}
}

func TestForgedTokens(t *testing.T) {
	t.Parallel()
	good := jwt.MapClaims{
		"iss": auth.Issuer, "aud": auth.Audience, "sub": uuid.NewString(), "exp": noon.Add(time.Minute).Unix(),
	}
	with := func(name string, value any) jwt.MapClaims {
		changed := maps.Clone(good)
		if changed[name] = value; value == nil {
			delete(changed, name)
		}
		return changed
	}
	tests := []struct {
		name   string
		method jwt.SigningMethod
		key    any
		claims jwt.MapClaims
		want   error
	}{
		{"good", jwt.SigningMethodHS256, key, good, nil},
		{"HS512", jwt.SigningMethodHS512, key, good, auth.ErrTokenInvalid},
		{"none", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good, auth.ErrTokenInvalid},
		{"other issuer", jwt.SigningMethodHS256, key, with("iss", "x"), auth.ErrTokenInvalid},
		{"no issuer", jwt.SigningMethodHS256, key, with("iss", nil), auth.ErrTokenInvalid},
		{"other audience", jwt.SigningMethodHS256, key, with("aud", "x"), auth.ErrTokenInvalid},
		{"no audience", jwt.SigningMethodHS256, key, with("aud", nil), auth.ErrTokenInvalid},
		{"no expiry", jwt.SigningMethodHS256, key, with("exp", nil), auth.ErrTokenInvalid},
		{"no account", jwt.SigningMethodHS256, key, with("sub", nil), auth.ErrTokenInvalid},
		{"account that is no id", jwt.SigningMethodHS256, key, with("sub", "ann"), auth.ErrTokenInvalid},
		{"epoch that is no number", jwt.SigningMethodHS256, key, with("epoch", "x"), auth.ErrTokenInvalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			token, err := jwt.NewWithClaims(test.method, test.claims).SignedString(test.key)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := newSigner(t, key, noon).Verify(token); !errors.Is(err, test.want) {
				t.Errorf("Verify() = error %v, want %v", err, test.want)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("")
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		if id, err := newSigner(t, key, noon).Verify(token); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("Verify(%q) = %+v, %v, want %v", token, id, err, auth.ErrTokenInvalid)
		}
	})
}
