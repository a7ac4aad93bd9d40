package githubtest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/github/githubtest"
)

// try creates octocat/demo and returns the status, or the error of having none.
func try(ctx context.Context, t *testing.T, s *githubtest.Server) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"user/repos", strings.NewReader(`{"name":"demo"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+githubtest.Secret)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestFaults(t *testing.T) {
	done := false
	for _, tt := range []struct {
		name   string
		fault  githubtest.Fault
		status int // 0 for no answer
	}{
		{"answered", githubtest.Fault{Status: 403, Header: map[string]string{"Retry-After": "1"}, Body: `{"message":"slow down"}`}, 403},
		{"answered after", githubtest.Fault{CarriedOut: true, Status: 502}, 502},
		{"cut", githubtest.Fault{Cut: true}, 0},
		{"cut after", githubtest.Fault{CarriedOut: true, Cut: true}, 0},
		{"hangs", githubtest.Fault{Hang: true}, 0},
		{"hangs after", githubtest.Fault{CarriedOut: true, Hang: true}, 0},
		{"done after", githubtest.Fault{CarriedOut: true, Do: func() { done = true }}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := githubtest.Start(t, githubtest.Options{})
			s.Fault(func(r githubtest.Request) *githubtest.Fault {
				if r.N == 1 {
					return &tt.fault
				}
				return nil
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if status, err := try(ctx, t, s); status != tt.status || (err == nil) != (tt.status != 0) {
				t.Errorf("the request: %d, %v, want status %d", status, err, tt.status)
			}
			if got := len(s.State()); (got == 1) != tt.fault.CarriedOut {
				t.Errorf("%d repositories, and carried out is %t", got, tt.fault.CarriedOut)
			}
			want := 201
			if tt.fault.CarriedOut {
				want = 422
			}
			if status, err := try(t.Context(), t, s); status != want {
				t.Errorf("the next request: %d, %v, want %d", status, err, want)
			}
			s.Close() // the test's end does it again
		})
	}
	if !done {
		t.Error("Do was not done")
	}
}

func TestRequests(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{Making: 4}) // git asks twice, first without the token
	ask(t, s, "POST", "user/repos", `{"name":"demo"}`)
	for _, want := range []int{404, 409} {
		if status, _ := ask(t, s, "GET", "repos/octocat/demo", ""); status != want {
			t.Errorf("a repository that is being made: %d, want %d", status, want)
		}
	}
	if out, ok := git(t, t.TempDir(), "ls-remote", as(s, githubtest.Secret, "octocat/demo")); ok {
		t.Errorf("ls-remote of a repository that is being made: %s", out)
	}
	if status, _ := ask(t, s, "GET", "repos/octocat/demo?", ""); status != 200 {
		t.Errorf("a repository that is made: %d, want 200", status)
	}
	var got strings.Builder
	for i, r := range s.Requests() {
		if r.N != i+1 {
			t.Errorf("request %d has the number %d", i+1, r.N)
		}
		got.WriteString(string(r.Kind) + " " + r.Method + " " + r.Path + "\n")
	}
	want := "api POST /user/repos\napi GET /repos/octocat/demo\napi GET /repos/octocat/demo\ngit GET /octocat/demo.git/info/refs\n"
	if !strings.HasPrefix(got.String(), want) {
		t.Errorf("Requests() = %s, want first %s", got.String(), want)
	}
}

func TestLogin(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{Polls: []string{"authorization_pending", "slow_down"}})
	post := func(path, accept string, form url.Values) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", accept)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		said, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(said)
	}
	const (
		code, token = "login/device/code", "login/oauth/access_token"
		json        = "application/json"
	)
	said := post(code, "", url.Values{"client_id": {"x"}})
	form, err := url.ParseQuery(said)
	if err != nil || form.Get("device_code") == "" {
		t.Fatalf("code = %s, %v, want a form", said, err)
	}
	ask := url.Values{"client_id": {"x"}, "device_code": form["device_code"], "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}}
	for _, tt := range []struct {
		form         url.Values
		accept, says string
	}{
		{url.Values{"client_id": {"x"}, "device_code": form["device_code"]}, json, `"unsupported_grant_type"`},
		{url.Values{"client_id": {"x"}, "device_code": {"y"}, "grant_type": ask["grant_type"]}, json, `"incorrect_device_code"`},
		{ask, json, `"authorization_pending"`},
		{ask, "", "error=slow_down"},
		{ask, json, githubtest.Secret},
	} {
		if said := post(token, tt.accept, tt.form); !strings.Contains(said, tt.says) {
			t.Errorf("token of %v = %s, want %s", tt.form, said, tt.says)
		}
	}
}

// TestEnterprise: the API is below /api/v3/ alone.
func TestEnterprise(t *testing.T) {
	s, err := githubtest.New(githubtest.Options{Dir: t.TempDir(), Enterprise: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	for path, want := range map[string]int{"api/v3/user": 200, "user": 404} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+githubtest.Secret)
		resp, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("%s = %d, want %d", path, resp.StatusCode, want)
		}
	}
	if got := s.Violations(); len(got) != 1 {
		t.Errorf("violations: %q, want that of the API at the root", got)
	}
}

// TestUsersGitSettings: those of whoever runs the tests change nothing.
func TestUsersGitSettings(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "gitconfig")
	if err := os.WriteFile(settings, []byte("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /nonexistent\n[core]\n\thooksPath = /nonexistent\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", settings)
	t.Setenv("GIT_DIR", t.TempDir()) // as in a hook
	s := githubtest.Start(t, githubtest.Options{})
	if err := s.CreateRepository("octocat", "demo", false, map[string]string{"a": "b"}); err != nil {
		t.Error(err)
	}
}
