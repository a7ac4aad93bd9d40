package httpapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

func TestExpiredAccessToken(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		s.clock.advance(accessLife - time.Second)
		s.send(t, s.ann, "GET /v1/me", nil).want(t, 200)
		s.clock.advance(time.Second)
		s.send(t, s.ann, "GET /v1/me", nil).
			wantProblem(t, 401, "invalid-token").wantHeader(t, "WWW-Authenticate", "Bearer")
	})
}

// Every way in which an access token can be wrong.
func TestAccessTokens(t *testing.T) {
	t.Parallel()
	s := newService(t, memoryStores())
	key := []byte(signingKey)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		claims := jwt.MapClaims{
			"iss": auth.Issuer, "aud": auth.Audience, "sub": s.ann.id, "epoch": 0,
			"iat": monday.Unix(), "exp": monday.Add(time.Minute).Unix(),
		}
		if change != nil {
			change(claims)
		}
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	with := func(claim string, value any) string {
		return "Bearer " + sign(jwt.SigningMethodHS256, key, func(c jwt.MapClaims) { c[claim] = value })
	}
	without := func(claim string) string {
		return "Bearer " + sign(jwt.SigningMethodHS256, key, func(c jwt.MapClaims) { delete(c, claim) })
	}
	good := sign(jwt.SigningMethodHS256, key, nil)
	header, rest, _ := strings.Cut(good, ".")
	claims, signature, _ := strings.Cut(rest, ".")

	tests := []struct {
		name   string
		header string // Authorization
		want   int
	}{
		{"good", "Bearer " + good, 200},
		{"scheme in lower case", "bearer " + good, 200},
		{"other scheme", "Basic YW5uOnBhc3N3b3Jk", 401},
		{"no scheme", good, 401},
		{"scheme alone", "Bearer", 401},
		{"garbage", "Bearer x.y.z", 401},
		{"two tokens", "Bearer " + good + " " + good, 401},
		{"no signature", "Bearer " + header + "." + claims + ".", 401},
		{"signature of another", "Bearer " + header + "." + claims + "." + strings.Repeat("A", len(signature)), 401},
		{"other key", "Bearer " + sign(jwt.SigningMethodHS256, []byte(strings.Repeat("k", 32)), nil), 401},
		{"HS512 with our key", "Bearer " + sign(jwt.SigningMethodHS512, key, nil), 401},
		{"RS256", "Bearer " + sign(jwt.SigningMethodRS256, rsaKey, nil), 401},
		{"none", "Bearer " + sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), 401},
		{"other issuer", with("iss", "somebody else"), 401},
		{"no issuer", without("iss"), 401},
		{"other audience", with("aud", "somebody else"), 401},
		{"no audience", without("aud"), 401},
		{"no expiry", without("exp"), 401},
		{"expired", with("exp", monday.Unix()), 401},
		{"not yet valid", with("nbf", monday.Add(time.Hour).Unix()), 401},
		{"unknown account", with("sub", uuid.NewString()), 401},
		{"no account", without("sub"), 401},
		{"account that is no id", with("sub", "ann"), 401},
		{"other epoch", with("epoch", 1), 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := s.send(t, guest, "GET /v1/me", nil, "Authorization", test.header).want(t, test.want)
			if test.want == 401 {
				got.wantProblem(t, 401, "invalid-token").wantHeader(t, "WWW-Authenticate", "Bearer")
			}
		})
	}
}
