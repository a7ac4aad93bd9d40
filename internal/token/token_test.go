package token

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/phasekit/scaffold/internal/github"
)

const secret = "ghp_0123456789secret"

func TestTokenIsNeverShown(t *testing.T) {
	tok := Token{Value: secret, Source: "GH_TOKEN"}
	holder := struct {
		Auth  Token
		Other *Token
	}{tok, &tok}
	var out bytes.Buffer
	for _, v := range []any{tok, &tok, holder, &holder, []Token{tok}, map[string]Token{"a": tok}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		encoded, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(encoded)
		slog.New(slog.NewTextHandler(&out, nil)).Info("found", "token", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("found", "token", v)
	}
	fmt.Fprintln(&out, tok, &tok, errors.New(tok.String()))
	for _, part := range []string{secret, "0123456789", fmt.Sprintf("%x", secret)} {
		if strings.Contains(out.String(), part) {
			t.Errorf("%q is shown:\n%s", part, out.String())
		}
	}
	if got, want := fmt.Sprintf("%v|%#v|%s", tok, tok, Token{}), "token from GH_TOKEN|token from GH_TOKEN|no token"; got != want {
		t.Errorf("printed = %s, want %s", got, want)
	}
}

func TestKind(t *testing.T) {
	for value, want := range map[string]Kind{
		"ghp_x": Classic, "github_pat_x": FineGrained, "gho_x": OAuth, "ghu_x": AppUser, "ghs_x": Installation,
		"0123456789abcdef0123456789abcdef01234567": UnknownKind, "": UnknownKind,
	} {
		if got := (Token{Value: value}).Kind(); got != want {
			t.Errorf("Kind of %s = %q, want %q", value, got, want)
		}
	}
}

func parseHost(t *testing.T, name, api string) github.Host {
	t.Helper()
	host, err := github.ParseHost(name, api)
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// all are the variables that could hold a token.
func all() map[string]string {
	return map[string]string{
		"GH_TOKEN": "one", "GITHUB_TOKEN": "two", "GH_ENTERPRISE_TOKEN": "three", "GITHUB_ENTERPRISE_TOKEN": "four",
	}
}

func without(env map[string]string, names ...string) map[string]string {
	for _, name := range names {
		delete(env, name)
	}
	return env
}

func TestFind(t *testing.T) {
	keyring.MockInit()
	github1 := parseHost(t, "github.com", "")
	server := parseHost(t, "git.acme.org", "")
	for _, tt := range []struct {
		name   string
		host   github.Host
		env    map[string]string
		gh     string
		stored bool
		want   Token
	}{
		{name: "GH_TOKEN is first", host: github1, env: all(), gh: "five", stored: true, want: Token{"one", "GH_TOKEN"}},
		{name: "then GITHUB_TOKEN", host: github1, env: without(all(), "GH_TOKEN"), gh: "five", stored: true, want: Token{"two", "GITHUB_TOKEN"}},
		{name: "then gh", host: github1, env: without(all(), "GH_TOKEN", "GITHUB_TOKEN"), gh: "five\n", stored: true, want: Token{"five", FromGH}},
		{name: "then the store", host: github1, stored: true, want: Token{"six", FromKeyring}},
		{name: "none", host: github1},
		{name: "white space is none", host: github1, env: map[string]string{"GH_TOKEN": " \n", "GITHUB_TOKEN": "\ttwo\r\n"}, want: Token{"two", "GITHUB_TOKEN"}},
		{name: "a tenant of ghe.com", host: parseHost(t, "acme.ghe.com", ""), env: all(), want: Token{"one", "GH_TOKEN"}},
		{name: "a stand-in", host: parseHost(t, "github.com", "http://127.0.0.1:1"), env: all(), want: Token{"one", "GH_TOKEN"}},
		{name: "a server", host: server, env: all(), want: Token{"three", "GH_ENTERPRISE_TOKEN"}},
		{name: "a server, by GitHub's name", host: server, env: without(all(), "GH_ENTERPRISE_TOKEN"), want: Token{"four", "GITHUB_ENTERPRISE_TOKEN"}},
		{name: "a server is not sent github.com's", host: server, env: without(all(), "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")},
		{name: "a name that ends alike", host: parseHost(t, "evilghe.com", ""), env: without(all(), "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keyring.MockInit()
			store := Store{Getenv: home(t.TempDir())}
			if tt.stored {
				if _, err := store.Save(t.Context(), tt.host, "six"); err != nil {
					t.Fatal(err)
				}
			}
			f := Finder{
				Getenv: func(name string) string { return tt.env[name] },
				Store:  store,
				GH: func(_ context.Context, args ...string) string {
					if got, want := strings.Join(args, " "), "auth token --hostname "+tt.host.Name; got != want {
						t.Errorf("gh is run with %q, want %q", got, want)
					}
					return tt.gh
				},
			}
			got, err := f.Find(t.Context(), tt.host)
			if got.Value != tt.want.Value || got.Source != tt.want.Source {
				t.Errorf("Find = %q from %q, want %q from %q", got.Value, got.Source, tt.want.Value, tt.want.Source)
			}
			if wantNone := tt.want.Value == ""; errors.Is(err, ErrNone) != wantNone || !wantNone && err != nil {
				t.Errorf("Find = %v, want ErrNone: %t", err, wantNone)
			}
		})
	}
}

func TestAll(t *testing.T) {
	keyring.MockInit()
	store := Store{Getenv: home(t.TempDir())}
	host := parseHost(t, "github.com", "")
	if _, err := store.Save(t.Context(), host, "six"); err != nil {
		t.Fatal(err)
	}
	f := Finder{
		Getenv: func(name string) string { return all()[name] },
		Store:  store,
		GH:     func(context.Context, ...string) string { return "five" },
	}
	var got []string
	for tok, err := range f.All(t.Context(), host) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(tok.Source)+"="+tok.Value)
	}
	if got, want := strings.Join(got, " "), "GH_TOKEN=one GITHUB_TOKEN=two gh=five keyring=six"; got != want {
		t.Errorf("All = %s, want %s", got, want)
	}
}

func TestFindRefusesWhatIsNoToken(t *testing.T) {
	keyring.MockInit()
	for _, value := range []string{"ghp_sec ret", "ghp_sec\nret", "ghp_sec\x00ret", "ghp_sec\x1b[31mret", "ghp_secret…", "Bearer ghp_secret"} {
		t.Run(fmt.Sprintf("%q", value), func(t *testing.T) {
			f := Finder{
				Getenv: func(name string) string { return map[string]string{"GH_TOKEN": value, "GITHUB_TOKEN": "good"}[name] },
				Store:  Store{Getenv: home(t.TempDir())},
			}
			got, err := f.Find(t.Context(), parseHost(t, "github.com", ""))
			if err == nil || got.Value != "" || got.Source != "GH_TOKEN" {
				t.Fatalf("Find = %v, %v, want an error of GH_TOKEN", got, err)
			}
			if strings.Contains(err.Error(), "ret") || strings.Contains(err.Error(), "ghp_") {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

func TestFindEnds(t *testing.T) {
	keyring.MockInit()
	ctx, cancel := context.WithCancel(t.Context())
	f := Finder{
		Getenv: func(string) string { return "" },
		Store:  Store{Getenv: home(t.TempDir())},
		GH:     func(context.Context, ...string) string { cancel(); return "" },
	}
	if _, err := f.Find(ctx, parseHost(t, "github.com", "")); !errors.Is(err, context.Canceled) {
		t.Errorf("Find = %v, want %v", err, context.Canceled)
	}
}
