package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/phasekit/scaffold/internal/gh"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

// hub is as much of GitHub as logging in needs.
type hub struct {
	tokens map[string]string // X-OAuth-Scopes by token; "-" sends none
	grant  string            // the answer to each poll
	down   bool              // answers 503 to whoever asks whose a token is
	seen   []string          // the Authorization headers
	url    string
}

func (h *hub) start(t *testing.T) *hub {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, r *http.Request) {
		h.seen = append(h.seen, r.Header.Get("Authorization"))
		scopes, ok := h.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		w.Header().Set("Content-Type", "application/json")
		switch {
		case h.down:
			http.Error(w, `{"message": "unwell"}`, http.StatusServiceUnavailable)
			return
		case !ok:
			http.Error(w, `{"message": "Bad credentials"}`, http.StatusUnauthorized)
			return
		case scopes != "-":
			w.Header().Set("X-OAuth-Scopes", scopes)
		}
		fmt.Fprint(w, `{"login": "octocat", "type": "User"}`)
	})
	mux.HandleFunc("POST /login/device/code", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.FormValue("client_id") != "app" {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":"Not Found"}`)
			return
		}
		fmt.Fprint(w, `{"device_code": "d", "user_code": "ABCD-1234", "verification_uri": "https://github.test/login/device", "expires_in": 900, "interval": 1}`)
	})
	mux.HandleFunc("POST /login/oauth/access_token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, h.grant)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// name is the host's name, as files and messages have it.
func (h *hub) name() string { return strings.TrimPrefix(h.url, "http://") }

// machine is a user's: settings below home, no gh unless there is one in bin.
type machine struct {
	t         *testing.T
	home, bin string
	env       map[string]string
	build     Build
	printed   strings.Builder // by all commands so far
}

func newMachine(t *testing.T, env map[string]string) *machine {
	t.Helper()
	m := &machine{t: t, home: t.TempDir(), bin: t.TempDir(), env: env}
	t.Setenv("PATH", m.bin)
	return m
}

// run runs a command line and returns the exit code and what it prints.
func (m *machine) run(ctx context.Context, args ...string) (code int, out, err string) {
	m.t.Helper()
	var stdout, stderr bytes.Buffer
	app := &App{
		Streams: &ui.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr},
		Getenv: func(name string) string {
			if name == "XDG_CONFIG_HOME" {
				return m.home
			}
			return m.env[name]
		},
		Templates: templates.FS(),
		Build:     m.build,
		Pace:      Pace{Requests: github.Patience{Timeout: 5 * time.Second, BetweenWrites: time.Millisecond, Backoff: time.Millisecond}},
	}
	code = app.Run(ctx, args)
	m.printed.WriteString(stdout.String() + stderr.String())
	return code, stdout.String(), stderr.String()
}

// installGH puts a gh there that is logged in with a token, and that would give
// away what it finds in its environment.
func (m *machine) installGH(token string) {
	m.t.Helper()
	if runtime.GOOS == "windows" {
		m.t.Skip("the stand-in for gh is a shell script")
	}
	script := "#!/bin/sh\necho \"$GH_TOKEN$GITHUB_TOKEN$GH_ENTERPRISE_TOKEN$GITHUB_ENTERPRISE_TOKEN\"\n" +
		"[ \"$1 $2 $3\" = 'auth token --hostname' ] && echo " + token + "\n"
	if err := os.WriteFile(filepath.Join(m.bin, "gh"), []byte(script), 0o755); err != nil {
		m.t.Fatal(err)
	}
}

// hides demands that nothing printed and no file but scaffold's own has the
// secret in it.
func (m *machine) hides(secret string) {
	m.t.Helper()
	if strings.Contains(m.printed.String(), secret) {
		m.t.Errorf("the token is printed:\n%s", m.printed.String())
	}
	err := filepath.WalkDir(m.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "tokens.json" {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(secret)) {
			m.t.Errorf("the token is in %s", path)
		}
		return err
	})
	if err != nil {
		m.t.Error(err)
	}
}

func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func TestAuthStatus(t *testing.T) {
	const secret = "0123456789secret"
	for _, tt := range []struct {
		name   string
		token  string
		scopes string // "refused" where GitHub does not know the token
		down   bool
		code   int
		out    []string
		err    []string
	}{
		{"classic", "ghp_", "repo, workflow, read:org", false, 0, []string{"classic, from GH_TOKEN", "octocat", "repo, workflow, read:org"}, nil},
		{"public repositories only", "ghp_", "public_repo, workflow", false, 0, []string{"octocat", "public repositories only"}, nil},
		{"without workflow", "ghp_", "repo", false, 4, []string{"octocat", "scopes   repo"}, []string{"lacks what publishing needs: workflow", "hint:"}},
		{"without any scope", "ghp_", "", false, 4, []string{"scopes   none"}, []string{"lacks what publishing needs: repo, workflow"}},
		{"fine-grained", "github_pat_", "-", false, 0, []string{"fine-grained", "octocat", "Administration, Contents, Workflows, Issues: write; Actions: read"}, nil},
		{"unknown, with scopes", "", "repo, workflow", false, 0, []string{"token    from GH_TOKEN", "octocat"}, nil},
		{"unknown, without", "", "-", false, 0, []string{"Administration"}, nil},
		{"of a workflow", "ghs_", "-", false, 4, []string{"GitHub App installation"}, []string{"cannot create repositories", "hint:"}},
		{"refused", "ghp_", "refused", false, 4, []string{"from GH_TOKEN"}, []string{"token from GH_TOKEN", "not accepted: Bad credentials", "hint:"}},
		{"GitHub is down", "ghp_", "repo", true, 1, nil, []string{"unwell", "githubstatus"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keyring.MockInit()
			h := (&hub{tokens: map[string]string{}, down: tt.down}).start(t)
			if tt.scopes != "refused" {
				h.tokens[tt.token+secret] = tt.scopes
			}
			m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": h.url, "GH_TOKEN": tt.token + secret + "\n"})
			code, out, err := m.run(t.Context(), "auth", "status")
			if code != tt.code {
				t.Errorf("exit code = %d, want %d\n%s%s", code, tt.code, out, err)
			}
			wantIn(t, out, append(tt.out, h.name())...)
			wantIn(t, err, tt.err...)
			m.hides(secret)
		})
	}
}

func TestAuthStatusUnreachable(t *testing.T) {
	keyring.MockInit()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": server.URL, "GH_TOKEN": "ghp_secret"})
	code, out, err := m.run(t.Context(), "auth", "status")
	if code != 1 {
		t.Errorf("exit code = %d, want 1\n%s%s", code, out, err)
	}
	wantIn(t, err, "error: ask who the token belongs to: no answer from the server", "hint: ")
	m.hides("ghp_secret")
}

func TestAuthStatusTellsOfOthers(t *testing.T) {
	keyring.MockInit()
	h := (&hub{tokens: map[string]string{"gho_fromgh": "repo, workflow"}}).start(t)
	m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": h.url, "GH_TOKEN": "gho_fromgh", "GITHUB_TOKEN": "secret two"})
	m.installGH("gho_other")
	if err := keyring.Set("scaffold:"+h.name(), "scaffold", "gho_stored"); err != nil {
		t.Fatal(err)
	}
	code, out, err := m.run(t.Context(), "auth", "status")
	if code != 0 {
		t.Errorf("exit code = %d, want 0\n%s%s", code, out, err)
	}
	wantIn(t, out, "OAuth app, from GH_TOKEN", "unused   the token from gh: GH_TOKEN comes first", "unused   the token from keyring")
	wantIn(t, err, "warning: the token from GITHUB_TOKEN holds a space")
	m.hides("gho_")
	m.hides("secret two")
}

// TestEachServerItsToken sends github.com's token to no other server, also where
// gh would.
func TestEachServerItsToken(t *testing.T) {
	keyring.MockInit()
	for _, name := range []string{"GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"} {
		t.Setenv(name, "secret")
	}
	t.Setenv("CODESPACES", "true")
	m := newMachine(t, map[string]string{"GH_TOKEN": "secret", "GITHUB_TOKEN": "secret"})
	code, out, err := m.run(t.Context(), "auth", "status", "--host", "git.invalid")
	if code != 4 {
		t.Errorf("exit code = %d, want 4\n%s%s", code, out, err)
	}
	wantIn(t, err, "no GitHub token for git.invalid", "GH_ENTERPRISE_TOKEN")
	m.installGH("fromgh")
	if got := gh.Run(t.Context(), "auth", "token", "--hostname", "git.invalid"); got != "fromgh" {
		t.Errorf("gh says %q, want its own token only", got)
	}
}

func TestAuthStatusNone(t *testing.T) {
	keyring.MockInit()
	m := newMachine(t, nil)
	code, out, err := m.run(t.Context(), "auth", "status")
	if code != 4 || out != "" {
		t.Errorf("exit code = %d, want 4 and no result\n%s", code, out)
	}
	wantIn(t, err, "error: no GitHub token for github.com", "hint: gh auth login, scaffold auth login, or set GH_TOKEN")
	m.env = map[string]string{"GH_HOST": "a b"}
	if code, _, _ := m.run(t.Context(), "auth", "status"); code != 2 {
		t.Errorf("exit code with a bad GH_HOST = %d, want 2", code)
	}
}

func TestLogin(t *testing.T) {
	const secret = "gho_0123456789secret"
	grant := `{"access_token": "` + secret + `", "token_type": "bearer", "scope": "repo,workflow,read:org"}`
	for _, tt := range []struct {
		name    string
		keyring error
		scopes  string
		env     string // GH_TOKEN
		out     string
		err     []string
		source  string
	}{
		{"keyring", nil, "repo, workflow, read:org", "", "The token is in the system keyring.", nil, "OAuth app, from keyring"},
		{"file", errors.New("no bus"), "repo, workflow, read:org", "", "tokens.json.", []string{"warning: no system keyring"}, "OAuth app, from file"},
		{"something not allowed", nil, "repo", "", "octocat", []string{"warning: the token lacks what publishing needs: workflow"}, ""},
		{"another comes first", nil, "repo, workflow", "ghp_mine", "octocat", []string{"warning: the token from GH_TOKEN comes first", "hint: unset GH_TOKEN"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keyring.MockInit()
			if tt.keyring != nil {
				keyring.MockInitWithError(tt.keyring)
			}
			h := (&hub{tokens: map[string]string{secret: tt.scopes}, grant: grant}).start(t)
			m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": h.url, "GH_TOKEN": tt.env})
			code, out, err := m.run(t.Context(), "auth", "login", "--client-id", "app")
			if code != 0 {
				t.Fatalf("exit code = %d, want 0\n%s%s", code, out, err)
			}
			wantIn(t, out, "Logged in to "+h.name()+" as octocat.", tt.out)
			wantIn(t, err, append(tt.err, "Open https://github.test/login/device and enter the code ABCD-1234", "15 minutes")...)
			if tt.source != "" {
				code, out, err := m.run(t.Context(), "auth", "status")
				if code != 0 {
					t.Errorf("exit code of status = %d, want 0\n%s", code, err)
				}
				wantIn(t, out, tt.source)
				code, out, err = m.run(t.Context(), "auth", "logout")
				if code != 0 {
					t.Errorf("exit code of logout = %d, want 0\n%s", code, err)
				}
				wantIn(t, out, "Removed the token of "+h.name())
				if code, _, _ := m.run(t.Context(), "auth", "status"); code != 4 {
					t.Errorf("exit code of status after logout = %d, want 4", code)
				}
			}
			m.hides(secret)
			m.hides("ghp_mine")
		})
	}
}

func TestLoginFails(t *testing.T) {
	keyring.MockInit()
	const secret = "gho_0123456789secret"
	for _, tt := range []struct {
		name  string
		args  []string
		env   map[string]string
		grant string
		code  int
		err   []string
	}{
		{"no app", nil, nil, "", 1, []string{"scaffold has no OAuth app on 127.0.0.1", "hint: gh auth login", "--client-id"}},
		{"an empty id", []string{"--client-id", ""}, nil, "", 2, []string{"--client-id is empty"}},
		{"an unknown app", nil, map[string]string{"SCAFFOLD_CLIENT_ID": "other"}, "", 1, []string{"no app with this client id", "hint:"}},
		{"denied", []string{"--client-id", "app"}, nil, `{"error": "access_denied"}`, 4, []string{"turned down", "hint: for a new code"}},
		{"expired", []string{"--client-id", "app"}, nil, `{"error": "expired_token"}`, 4, []string{"not entered in time"}},
		{"a token that is none", []string{"--client-id", "app"}, nil, `{"access_token": "` + secret + `wrong"}`, 1, []string{"Bad credentials"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := (&hub{tokens: map[string]string{secret: "repo"}, grant: tt.grant}).start(t)
			env := map[string]string{"SCAFFOLD_API_URL": h.url}
			maps.Copy(env, tt.env)
			m := newMachine(t, env)
			code, out, err := m.run(t.Context(), append([]string{"auth", "login"}, tt.args...)...)
			if code != tt.code || out != "" {
				t.Errorf("exit code = %d, want %d and no result\n%s%s", code, tt.code, out, err)
			}
			wantIn(t, err, tt.err...)
			m.hides(secret)
		})
	}
}

func TestLoginInterrupted(t *testing.T) {
	keyring.MockInit()
	h := (&hub{grant: `{"error": "authorization_pending"}`}).start(t)
	m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": h.url})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(1200*time.Millisecond, cancel)
	if code, out, err := m.run(ctx, "auth", "login", "--client-id", "app"); code != 130 {
		t.Errorf("exit code = %d, want 130\n%s%s", code, out, err)
	}
}

// TestClientID takes the build's app for github.com only.
func TestClientID(t *testing.T) {
	for _, tt := range []struct{ name, flag, env, build, host, want string }{
		{"flag", "f", "e", "b", "github.com", "f"},
		{"environment", "", "e", "b", "github.com", "e"},
		{"build", "", "", "b", "github.com", "b"},
		{"another server", "", "", "b", "git.acme.org", ""},
		{"none", "", "", "", "github.com", ""},
	} {
		a := &App{Getenv: func(string) string { return tt.env }, Build: Build{ClientID: tt.build}}
		host, err := github.ParseHost(tt.host, "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.clientID(host, tt.flag); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: clientID = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// TestLoginOverDamage refuses before it sends anybody to a browser.
func TestLoginOverDamage(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	h := (&hub{}).start(t)
	m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": h.url})
	if err := os.MkdirAll(filepath.Join(m.home, "scaffold"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(m.home, "scaffold", "tokens.json")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
	}{{[]string{"login", "--client-id", "app"}, 4}, {[]string{"status"}, 4}, {[]string{"logout"}, 1}} {
		code, out, err := m.run(t.Context(), append([]string{"auth"}, tt.args...)...)
		if code != tt.code || out != "" {
			t.Errorf("exit code of %v = %d, want %d\n%s%s", tt.args, code, tt.code, out, err)
		}
		wantIn(t, err, "damaged: "+path, "hint: remove the file")
	}
	m.hides("secret")
}

func TestLogoutOfNothing(t *testing.T) {
	keyring.MockInit()
	m := newMachine(t, map[string]string{"GH_TOKEN": "ghp_mine"})
	m.installGH("gho_other")
	code, out, err := m.run(t.Context(), "auth", "logout")
	if code != 0 {
		t.Errorf("exit code = %d, want 0\n%s", code, out)
	}
	wantIn(t, out, "No token of github.com is stored by scaffold.")
	wantIn(t, err, "GH_TOKEN is not scaffold's to remove: unset GH_TOKEN", "gh is not scaffold's to remove: gh auth logout --hostname github.com")
	keyring.MockInitWithError(errors.New("no bus"))
	_, out, _ = m.run(t.Context(), "auth", "logout")
	wantIn(t, out, "no system keyring can be used here")
	m.hides("gho_other")
	m.hides("ghp_mine")
}

// TestDoctorFindsTheToken where every command does.
func TestDoctorFindsTheToken(t *testing.T) {
	keyring.MockInit()
	m := newMachine(t, map[string]string{"GH_HOST": "git.acme.org", "GH_TOKEN": "secret"})
	_, out, _ := m.run(t.Context(), "doctor")
	wantIn(t, out, "miss  GitHub token")
	if err := keyring.Set("scaffold:git.acme.org", "scaffold", "secret"); err != nil {
		t.Fatal(err)
	}
	_, out, _ = m.run(t.Context(), "doctor")
	wantIn(t, out, "ok    GitHub token  from keyring")
	m.hides("secret")
}
