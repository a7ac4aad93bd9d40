// Package token finds the token that scaffold presents itself to GitHub by, and
// keeps the one that `scaffold auth login` got.
package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strings"

	"github.com/phasekit/scaffold/internal/github"
)

// Source says where a token comes from: the name of an environment variable, or
// one of the others below.
type Source string

// The sources that are no variables.
const (
	FromGH      Source = "gh" // an installed gh, where the user is logged in
	FromKeyring Source = "keyring"
	FromFile    Source = "file" // scaffold's own, where there is no keyring
)

// Token is a secret. However it is printed, logged or encoded, what appears is
// its source, as long as it stands in no unexported field: fmt looks into those
// without asking.
type Token struct {
	Value  string
	Source Source
}

// String says where the token comes from, as in "token from gh".
func (t Token) String() string {
	if t.Source == "" {
		return "no token"
	}
	return "token from " + string(t.Source)
}

// GoString is String, for %#v.
func (t Token) GoString() string { return t.String() }

// Format is String, for each verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, t.String()) } // as fmt does

// LogValue is String, for slog.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText is String, for JSON and its like.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Kind is what a token's prefix says that it is:
// https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
type Kind string

// The kinds.
const (
	Classic      Kind = "classic"
	FineGrained  Kind = "fine-grained"
	OAuth        Kind = "OAuth app"
	AppUser      Kind = "GitHub App, for a user"
	Installation Kind = "GitHub App installation" // as in a workflow; it is nobody's
	UnknownKind  Kind = ""
)

// Kind returns the kind of t.
func (t Token) Kind() Kind {
	for _, k := range []struct {
		prefix string
		kind   Kind
	}{{"ghp_", Classic}, {"github_pat_", FineGrained}, {"gho_", OAuth}, {"ghu_", AppUser}, {"ghs_", Installation}} {
		if strings.HasPrefix(t.Value, k.prefix) {
			return k.kind
		}
	}
	return UnknownKind
}

// ErrNone means that no source has a token for the host.
var ErrNone = errors.New("token: none")

// Finder looks for tokens.
type Finder struct {
	Getenv func(string) string
	Store  Store
	// GH runs an installed gh without any token in its environment, and returns
	// what it prints: "" where it fails. Where it is nil, gh is not asked.
	GH func(ctx context.Context, args ...string) string
}

// Find returns the token for the host: of the environment, else of gh, else of
// the store. Its error wraps ErrNone where none of them has one. A source whose
// token cannot be one is an error, and not passed over. An error that the user
// can solve wraps ErrUnusable and has a hint.
func (f Finder) Find(ctx context.Context, host github.Host) (Token, error) {
	for t, err := range f.All(ctx, host) {
		return t, err
	}
	return Token{}, explain(host, "", ErrNone)
}

// All yields the token of each source that has one, in the order of Find, and
// in a token's place why a source cannot be used, as Find does: the Source is set
// then too, and the Value is not.
func (f Finder) All(ctx context.Context, host github.Host) iter.Seq2[Token, error] {
	return func(yield func(Token, error) bool) {
		for _, name := range Variables(host) {
			if t, err := check(f.Getenv(string(name)), name); t.Source != "" && !yield(t, explain(host, t.Source, err)) {
				return
			}
		}
		if f.GH != nil {
			said := f.GH(ctx, "auth", "token", "--hostname", host.Name)
			if t, err := check(said, FromGH); t.Source != "" && !yield(t, explain(host, t.Source, err)) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Token{}, err)
			return
		}
		if t, err := f.Store.Load(ctx, host); !errors.Is(err, ErrNone) {
			yield(t, explain(host, t.Source, err))
		}
	}
}

// Found is the token of one source, or why the source cannot be used.
type Found struct {
	Token Token
	Err   error
}

// Survey returns the token that Find returns, and what the sources after it have.
func (f Finder) Survey(ctx context.Context, host github.Host) (used Token, others []Found, err error) {
	for t, err := range f.All(ctx, host) {
		switch {
		case used.Source != "":
			others = append(others, Found{Token: t, Err: err})
		case err != nil:
			return t, nil, err
		default:
			used = t
		}
	}
	if used.Source == "" {
		return used, nil, explain(host, "", ErrNone)
	}
	return used, others, ctx.Err()
}

// Variables names the environment variables that count for the host, as they do
// for gh: what is meant for github.com goes to no other server.
func Variables(host github.Host) []Source {
	if host.Enterprise() {
		return []Source{"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
	}
	return []Source{"GH_TOKEN", "GITHUB_TOKEN"}
}

// check returns the token that a source gave, or the zero Token where it gave
// none.
func check(given string, source Source) (Token, error) {
	given = strings.TrimSpace(given)
	if given == "" {
		return Token{}, nil
	}
	for _, r := range given {
		if r <= ' ' || r > '~' {
			return Token{Source: source}, fmt.Errorf("the token from %s holds a space or a character that no token has", source)
		}
	}
	return Token{Value: given, Source: source}, nil
}
