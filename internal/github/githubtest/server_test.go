package githubtest_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/github/githubtest"
)

// ask sends a request as octocat and returns status and body.
func ask(t *testing.T, s *githubtest.Server, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+githubtest.Secret)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

// git runs git in dir and returns what it prints, and whether it succeeded.
func git(t *testing.T, dir string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// project makes a repository with a workflow and one commit on main.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, ".github", "workflows", "ci.yml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	workflow := "name: CI\non: {push: {branches: [main]}}\njobs:\n  test:\n    name: Test on ${{ matrix.os }}\n    strategy: {matrix: {os: [a, b]}}\n"
	if err := os.WriteFile(path, []byte(workflow), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"symbolic-ref", "HEAD", "refs/heads/main"}, {"add", "--all"}, {"commit", "--quiet", "--message", "first"}} {
		if out, ok := git(t, dir, args...); !ok {
			t.Fatal(out)
		}
	}
	return dir
}

func as(s *githubtest.Server, secret, repository string) string {
	return strings.Replace(s.URL, "http://", "http://x-access-token:"+secret+"@", 1) + repository + ".git"
}

func TestEndpoints(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "user", "", 200, `"plan":{`},
		{"GET", "user/orgs", "", 200, `"acme"`},
		{"GET", "users/hubot", "", 200, `"User"`},
		{"GET", "users/nobody", "", 404, "Not Found"},
		{"GET", "orgs/acme", "", 200, "members_can_create_repositories"},
		{"GET", "orgs/octocat", "", 404, "Not Found"},
		{"GET", "repos/octocat/demo", "", 404, "Not Found"},
		{"POST", "user/repos", `{"name":"demo","description":"d","private":false}`, 201, `"clone_url":"` + s.URL + `octocat/demo.git"`},
		{"POST", "user/repos", `{"name":"Demo"}`, 422, "name already exists on this account"},
		{"POST", "user/repos", `{"name":"a b"}`, 422, "can only contain"},
		{"POST", "orgs/acme/repos", `{"name":"team","private":true}`, 201, `"visibility":"private"`},
		{"POST", "orgs/nobody/repos", `{"name":"team"}`, 404, "Not Found"},
		{"GET", "repos/OctoCat/DEMO", "", 200, `"full_name":"octocat/demo"`},
		{"PATCH", "repos/octocat/demo", `{"homepage":"https://example.com"}`, 200, "https://example.com"},
		{"PUT", "repos/octocat/demo/topics", `{"names":["go","cli"]}`, 200, `"go"`},
		{"PUT", "repos/octocat/demo/topics", `{"names":["Go!"]}`, 422, "Validation Failed"},
		{"GET", "repos/octocat/demo/topics", "", 200, `"names":["go","cli"]`},
		{"GET", "repos/octocat/demo/branches/main", "", 404, "Branch not found"},
		{"GET", "repos/octocat/demo/labels?per_page=5&page=2", "", 200, "wontfix"},
		{"POST", "repos/octocat/demo/labels", `{"name":"reading","color":"ededed","description":"r"}`, 201, "reading"},
		{"POST", "repos/octocat/demo/labels", `{"name":"BUG","color":"ededed"}`, 422, "already_exists"},
		{"POST", "repos/octocat/demo/labels", `{"name":"long","color":"ededed","description":"` + strings.Repeat("x", 101) + `"}`, 422, "too long"},
		{"POST", "repos/octocat/demo/milestones", `{"title":"First","description":"m"}`, 201, `"number":1`},
		{"POST", "repos/octocat/demo/milestones", `{"title":"First"}`, 422, "already_exists"},
		{"GET", "repos/octocat/demo/milestones?state=all", "", 200, "First"},
		{"POST", "repos/octocat/demo/issues", `{"title":"One","body":"b","labels":["reading"],"milestone":1}`, 201, `"First"`},
		{"POST", "repos/octocat/demo/issues", `{"title":"Two","milestone":7}`, 422, "milestone"},
		{"GET", "repos/octocat/demo/issues?state=all", "", 200, "One"},
		{"GET", "repos/octocat/demo/branches/main/protection", "", 404, "Branch not found"},
		{"GET", "repos/acme/team/branches/main/protection", "", 403, "Upgrade to GitHub Pro"},
		{"GET", "repos/octocat/demo/contents/README.md?ref=main", "", 404, "Not Found"},
		{"GET", "repos/octocat/demo/actions/runs?event=push", "", 200, `"total_count":0`},
	} {
		status, said := ask(t, s, tt.method, tt.path, tt.body)
		if status != tt.status || !strings.Contains(said, tt.says) {
			t.Errorf("%s %s = %d %s, want %d with %q", tt.method, tt.path, status, said, tt.status, tt.says)
		}
	}
}

func TestPushStartsRuns(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{Red: []string{"Test on b"}})
	ask(t, s, "POST", "user/repos", `{"name":"demo"}`)
	dir := project(t)
	if out, ok := git(t, dir, "push", as(s, githubtest.Secret, "octocat/demo"), "main"); !ok {
		t.Fatal(out)
	}
	if out, ok := git(t, t.TempDir(), "clone", "--quiet", as(s, githubtest.Secret, "octocat/demo"), "."); !ok {
		t.Fatal(out)
	}
	head, _ := git(t, dir, "rev-parse", "HEAD")
	if got := s.State()[0].Refs["refs/heads/main"]; got != strings.TrimSpace(head) {
		t.Errorf("main is %s, want %s", got, head)
	}
	status, said := ask(t, s, "GET", "repos/octocat/demo/actions/runs?event=push&head_sha="+strings.TrimSpace(head), "")
	if status != 200 || !strings.Contains(said, `"in_progress"`) {
		t.Errorf("runs: %d %s", status, said)
	}
	_, rest, _ := strings.Cut(said, `"html_url":"`+s.URL+"octocat/demo/actions/runs/")
	id, _, _ := strings.Cut(rest, `"`)
	for range 5 {
		_, said = ask(t, s, "GET", "repos/octocat/demo/actions/runs/"+id+"/jobs", "")
	}
	if !strings.Contains(said, `"Test on a"`) || !strings.Contains(said, `"failure"`) {
		t.Errorf("jobs: %s", said)
	}
	body := `{"required_status_checks":{"strict":true,"contexts":["Test on a"],"checks":[{"context":"Test on b"}]},"enforce_admins":false,"required_pull_request_reviews":null,"restrictions":null}`
	for range 2 {
		if status, said := ask(t, s, "PUT", "repos/octocat/demo/branches/main/protection", body); status != 200 {
			t.Errorf("protect: %d %s", status, said)
		}
	}
	if got := strings.Join(s.State()[0].Protection["main"].Checks, ", "); got != "Test on a, Test on b" {
		t.Errorf("main wants the checks %s", got)
	}
	if status, said := ask(t, s, "GET", "repos/octocat/demo/branches/main", ""); status != 200 || !strings.Contains(said, `"protected":true`) {
		t.Errorf("branch: %d %s", status, said)
	}
	if status, said := ask(t, s, "GET", "repos/octocat/demo/contents/.github", ""); status != 404 {
		t.Errorf("contents: %d %s", status, said)
	}
}

func TestGitRefuses(t *testing.T) {
	const reader, noWorkflow = "gho_reader", "gho_noworkflow"
	s := githubtest.Start(t, githubtest.Options{Tokens: map[string]githubtest.Token{
		githubtest.Secret: {Login: "octocat", Scopes: []string{"repo", "workflow"}},
		reader:            {Login: "hubot", Scopes: []string{"repo", "workflow"}},
		noWorkflow:        {Login: "octocat", Scopes: []string{"repo"}},
	}})
	if err := s.CreateRepository("octocat", "demo", false, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateRepository("octocat", "secret", true, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	dir := project(t)
	for _, tt := range []struct{ name, address, says string }{
		{"wrong token", as(s, "gho_wrong", "octocat/demo"), "Authentication failed"},
		{"no token", s.URL + "octocat/demo.git", "terminal prompts disabled"},
		{"not there", as(s, githubtest.Secret, "octocat/nothing"), "not found"},
		{"not for everybody", as(s, reader, "octocat/secret"), "not found"},
		{"reading only", as(s, reader, "octocat/demo"), "403"},
		{"no workflows", as(s, noWorkflow, "octocat/demo"), "(refusing to allow an OAuth App to create or update workflow `.github/workflows/ci.yml` without `workflow` scope)"},
	} {
		if out, ok := git(t, dir, "push", tt.address, "main"); ok || !strings.Contains(out, tt.says) {
			t.Errorf("%s: %s, want %q", tt.name, out, tt.says)
		}
	}
}

// TestPushWithoutWorkflowScope: only what touches workflows is refused.
func TestPushWithoutWorkflowScope(t *testing.T) {
	const classic = "ghp_noworkflow"
	s, err := githubtest.New(githubtest.Options{Dir: t.TempDir(), Tokens: map[string]githubtest.Token{classic: {Login: "octocat", Scopes: []string{"repo"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.CreateRepository("octocat", "demo", false, map[string]string{".github/workflows/old.yml": "on: push"}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if out, ok := git(t, dir, "clone", "--quiet", as(s, classic, "octocat/demo"), "."); !ok {
		t.Fatal(out)
	}
	change := func(path string, push ...string) (string, bool) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, path), []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"add", "--all"}, {"commit", "--quiet", "--message", path}} {
			if out, ok := git(t, dir, args...); !ok {
				t.Fatal(out)
			}
		}
		return git(t, dir, append([]string{"push", "origin"}, push...)...)
	}
	if out, ok := change("a", "main"); !ok {
		t.Errorf("a push that leaves workflows alone: %s", out)
	}
	head, _ := git(t, dir, "rev-parse", "HEAD")
	if got := s.State()[0].Refs["refs/heads/main"]; got != strings.TrimSpace(head) {
		t.Errorf("main is %s, want %s", got, head)
	}
	const refusal = "(refusing to allow a Personal Access Token to create or update workflow `.github/workflows/new.yml` without `workflow` scope)"
	if out, ok := change(".github/workflows/new.yml", "main"); ok || !strings.Contains(out, refusal) {
		t.Errorf("a push of a workflow: %s, want %q", out, refusal)
	}
	if out, ok := git(t, dir, "reset", "--quiet", "--hard", "HEAD~2"); !ok {
		t.Fatal(out)
	}
	if out, ok := change("b", "--force", "main"); !ok {
		t.Error(out)
	}
	if got := strings.Join(s.Violations(), "\n"); !strings.Contains(got, "refs/heads/main was forced") {
		t.Errorf("violations: %q, want the forced push", got)
	}
}

func TestArchivedIsReadOnly(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	if err := s.CreateRepository("octocat", "demo", false, nil); err != nil {
		t.Fatal(err)
	}
	s.Archive("octocat", "demo")
	const says = "was archived so"
	if status, said := ask(t, s, "POST", "repos/octocat/demo/labels", `{"name":"a","color":"ededed"}`); status != 403 || !strings.Contains(said, says) {
		t.Errorf("a label: %d %s, want 403", status, said)
	}
	if out, ok := git(t, project(t), "push", as(s, githubtest.Secret, "octocat/demo"), "main"); ok || !strings.Contains(out, says) {
		t.Errorf("push: %s, want a refusal", out)
	}
}

func TestForcingIsNoted(t *testing.T) {
	s, err := githubtest.New(githubtest.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.CreateRepository("octocat", "demo", false, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	dir := project(t)
	if out, ok := git(t, dir, "push", as(s, githubtest.Secret, "octocat/demo"), "main"); ok || !strings.Contains(out, "fetch first") {
		t.Errorf("push = %s, want a refusal", out)
	}
	if got := s.Violations(); len(got) > 0 {
		t.Errorf("violations: %q, want none", got)
	}
	if out, ok := git(t, dir, "push", "--force", as(s, githubtest.Secret, "octocat/demo"), "main"); !ok {
		t.Fatal(out)
	}
	if got := strings.Join(s.Violations(), "\n"); !strings.Contains(got, "refs/heads/main was forced") {
		t.Errorf("violations: %q, want the forced push", got)
	}
}

// TestDescriptionCatches: what GitHub does not describe does not pass.
func TestDescriptionCatches(t *testing.T) {
	githubtest.Start(t, githubtest.Options{}) // fails or says so where there is no description
	s, err := githubtest.New(githubtest.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.CreateRepository("octocat", "demo", false, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ method, path, body, says string }{
		{"PUT", "repos/octocat/demo/branches/main/protection", `{"required_status_checks":{"strict":true,"contexts":[]},"enforce_admins":false,"required_pull_request_reviews":null}`, "restrictions"},
		{"POST", "repos/octocat/demo/labels", `{"name":"a","colour":"ededed"}`, "field colour is not described"},
		{"POST", "user/repos", `{"name":1}`, "request"},
		{"POST", "user/repos", `{"name":"demo","auto_init":true}`, "this server does not keep auto_init"},
		{"GET", "repos/octocat/demo/labels?size=5", "", "query size is not described"},
		{"GET", "repos/octocat/demo/stargazers", "", "this server does not know it"},
	} {
		before := len(s.Violations())
		ask(t, s, tt.method, tt.path, tt.body)
		got := strings.Join(s.Violations()[before:], "\n")
		if !s.Described() && !strings.Contains(tt.says, "this server") {
			continue
		}
		if !strings.Contains(got, tt.says) {
			t.Errorf("%s %s: violations %q, want one with %q", tt.method, tt.path, got, tt.says)
		}
	}
}
