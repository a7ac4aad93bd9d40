package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/internal/github/githubtest"
)

// at is a machine that publishes to s as octocat.
func at(t *testing.T, s *githubtest.Server) machine {
	t.Helper()
	return newMachine(t, map[string]string{"SCAFFOLD_API_URL": s.URL, "GH_TOKEN": githubtest.Secret})
}

// git runs git in the project demo as a user would.
func (m machine) git(args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "git", append([]string{"-C", filepath.Join(m.dir, "demo")}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit makes one more commit in the project demo.
func (m machine) commit(message string) {
	m.t.Helper()
	m.git("commit", "--quiet", "--allow-empty", "--message", message)
}

// writes counts the requests that may have changed something since n of them
// had been sent.
func writes(s *githubtest.Server, n int) int {
	count := 0
	for _, r := range s.Requests()[n:] {
		if r.Write() {
			count++
		}
	}
	return count
}

func TestNewPublishes(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	r := m.must("new", "demo", "--phase", "2", "--framework", "echo", "--publish", "--protect", "--topics", "go,mine")
	for _, want := range []string{"demo is ready in demo", "octocat/demo is published: " + s.URL + "octocat/demo\n"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.out)
		}
	}
	got := s.State()
	if len(got) != 1 {
		t.Fatalf("%d repositories, want 1", len(got))
	}
	repo := got[0]
	if repo.Owner != "octocat" || repo.Private || repo.Description == "" || repo.Homepage != "https://pkg.go.dev/github.com/octocat/demo" {
		t.Errorf("repository: %+v", repo)
	}
	if diff := cmp.Diff([]string{"go", "mine"}, repo.Topics); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
	if want := m.git("rev-parse", "main"); repo.Refs["refs/heads/main"] != want || len(repo.Refs) != 1 {
		t.Errorf("refs: %v, want main at %s and nothing else", repo.Refs, want)
	}
	want := githubtest.Protection{Strict: true, Checks: []string{"CI"}}
	if diff := cmp.Diff(want, repo.Protection["main"]); diff != "" {
		t.Errorf("protection (-want +got):\n%s", diff)
	}
	if len(repo.Issues) != 1 || strings.Count(repo.Issues[0].Body, "\n- [ ] ") != 10 {
		t.Errorf("issues: %+v, want one with a checklist of ten weeks", repo.Issues)
	}
	if len(repo.Labels) != 13 { // nine of GitHub's own, and six, two of which it has
		t.Errorf("%d labels, want 13: %+v", len(repo.Labels), repo.Labels)
	}
	for setting, want := range map[string]string{
		"remote.origin.url": s.URL + "octocat/demo.git", "branch.main.remote": "origin", "branch.main.merge": "refs/heads/main",
	} {
		if got := m.git("config", setting); got != want {
			t.Errorf("git config %s = %s, want %s", setting, got, want)
		}
	}

	if got := m.git("status", "--short", "--branch"); got != "## main...origin/main" {
		t.Errorf("git status: %s, want main to be where origin's is", got)
	}

	n := len(s.Requests())
	again := m.must("publish", "demo", "--protect")
	if want := "nothing to do: " + s.URL + "octocat/demo is as it should be\n"; again.out != want {
		t.Errorf("second run: %q, want %q", again.out, want)
	}
	if count := writes(s, n); count > 0 {
		t.Errorf("the second run wrote %d times", count)
	}
}

func TestNewPublishesForAnOrganization(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	r := m.must("new", "demo", "--phase", "1", "--owner", "acme", "--private", "--backlog", "none", "--publish", "--json")
	var got struct {
		Module  string
		Publish published
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatalf("%v\n%s", err, r.out)
	}
	if got.Module != "github.com/acme/demo" || got.Publish.Repository.Visibility != "private" || got.Publish.kinds() != "create push origin topics" {
		t.Errorf("got %+v", got)
	}
	calls := 0
	for _, r := range s.Requests() {
		if r.Kind == githubtest.API {
			calls++
		}
	}
	if got.Publish.APICalls.Made != calls {
		t.Errorf("says %d API calls, made %d", got.Publish.APICalls.Made, calls)
	}
	if repo := s.State()[0]; repo.Owner != "acme" || !repo.Private || len(repo.Issues) > 0 || len(repo.Labels) != 9 {
		t.Errorf("repository: %+v", repo)
	}
}

// TestEnterprise publishes to a server of somebody's own, over TLS.
func TestEnterprise(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only there does a variable say whom to trust")
	}
	s := githubtest.Start(t, githubtest.Options{Enterprise: true})
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, s.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t, map[string]string{
		"SSL_CERT_FILE": authority, "GIT_SSL_CAINFO": authority, "GH_HOST": strings.Trim(strings.TrimPrefix(s.URL, "https:"), "/"),
		"GH_ENTERPRISE_TOKEN": githubtest.Secret, "GH_TOKEN": "gho_that_of_github.com",
	})
	m.must("new", "demo", "--phase", "1", "--module", "git.example.com/octocat/demo")
	start, _, wait := m.process("publish", "demo", "--backlog", "none", "--yes")
	start()
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	got := s.State()
	if len(got) != 1 || got[0].Refs["refs/heads/main"] != m.git("rev-parse", "main") {
		t.Errorf("state: %+v", got)
	}
	if origin := m.git("config", "remote.origin.url"); origin != s.URL+"octocat/demo.git" {
		t.Errorf("origin is %s", origin)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	r := m.must("publish", "demo", "--dry-run", "--backlog", "issues", "--protect")
	for _, want := range []string{
		"octocat/demo, public, on " + s.URL + "octocat/demo:\n", "\n  create     octocat/demo, public\n", "\n  push       main to ",
		"\n  milestone  Understand it; Change it; Show it\n", "\n  issue      Week 1: Run every command\n             Week 2: ", "  protect    main, requiring CI\n",
		"\n24 API calls\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the plan lacks %q:\n%s", want, r.out)
		}
	}
	if len(s.State()) > 0 || writes(s, 0) > 0 || m.git("remote") != "" {
		t.Errorf("a dry run changed something")
	}
}

func TestNewCommitsAreJustPushed(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--publish")
	m.commit("more")
	if got := parse(t, m.must("publish", "demo", "--json")).kinds(); got != "push" {
		t.Errorf("did %s, want push", got)
	}
	if got, want := s.State()[0].Refs["refs/heads/main"], m.git("rev-parse", "main"); got != want {
		t.Errorf("main is %s, want %s", got, want)
	}
	if got := m.git("status", "--short", "--branch"); got != "## main...origin/main" {
		t.Errorf("git status: %s, want main to be where origin's is", got)
	}
}

// TestFinishedWeeksStay: what is closed is not opened again.
func TestFinishedWeeksStay(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--publish", "--backlog", "issues")
	s.Change("octocat", "demo", func(r *githubtest.Repository) {
		r.Milestones[0].Closed, r.Issues[0].Closed = true, true
	})
	n := len(s.Requests())
	if m.must("publish", "demo", "--backlog", "issues"); writes(s, n) > 0 {
		t.Errorf("wrote %d times", writes(s, n))
	}
}

// TestUsersGitSettings: what a user's git does for other addresses, and whom it
// asks for passwords, does not matter.
func TestUsersGitSettings(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	asked := filepath.Join(t.TempDir(), "asked")
	settings := fmt.Sprintf(`
[url "ssh://git@127.0.0.1:1/"]
	insteadOf = %[1]s
	pushInsteadOf = %[1]s
[http]
	extraHeader = Authorization: Basic d3Jvbmc6d3Jvbmc=
[http %[1]q]
	extraHeader = Authorization: Basic d3Jvbmc6d3Jvbmc=
[credential]
	helper = "!touch %[2]s; true"
[push]
	followTags = true
	gpgSign = if-asked
[protocol]
	allow = never
`, s.URL, filepath.ToSlash(asked))
	file, err := os.OpenFile(filepath.Join(os.Getenv("HOME"), ".gitconfig"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(settings); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_COUNT", "1") // what the user's environment says stays
	t.Setenv("GIT_CONFIG_KEY_0", "protocol.http.allow")
	t.Setenv("GIT_CONFIG_VALUE_0", "always")
	m.must("publish", "demo", "--backlog", "none")

	m.commit("more")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the server sent git to another one, and it went: %s", r.URL)
	}))
	defer elsewhere.Close()
	for _, fault := range []githubtest.Fault{
		{Status: 401, Header: map[string]string{"WWW-Authenticate": `Basic realm="GitHub"`}},
		{Status: 302, Header: map[string]string{"Location": elsewhere.URL + "/octocat/demo.git/info/refs?service=git-upload-pack"}},
	} {
		s.Fault(func(r githubtest.Request) *githubtest.Fault {
			if r.Kind == githubtest.Git {
				return &fault
			}
			return nil
		})
		if r := m.run(nil, "publish", "demo", "--backlog", "none"); r.code == 0 {
			t.Errorf("exit 0 though git was answered %d", fault.Status)
		}
	}
	if _, err := os.Stat(asked); err == nil {
		t.Error("the user's credential helper was asked")
	}
}

// TestOwnersWorkStays: what somebody set by hand is not set back.
func TestOwnersWorkStays(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--publish", "--protect")
	s.Change("octocat", "demo", func(r *githubtest.Repository) {
		r.Description, r.Homepage = "mine", "https://mine.example.com"
		r.Topics = append(r.Topics, "mine")
		r.Issues[0].Title = "My plan"
		for i := range r.Labels {
			r.Labels[i].Color = "000000"
		}
		r.Protection["main"] = githubtest.Protection{Checks: []string{"mine"}}
	})
	before := s.State()
	n := len(s.Requests())
	r := m.must("publish", "demo", "--protect")
	if diff := cmp.Diff(before, s.State()); diff != "" || writes(s, n) > 0 {
		t.Errorf("a second run changed the owner's work:\n%s", diff)
	}
	if !strings.Contains(r.err, "main is protected already and does not require CI:") {
		t.Errorf("the protection is not warned of:\n%s", r.err)
	}
	m.must("publish", "demo", "--description", "asked for")
	if got := s.State()[0].Description; got != "asked for" {
		t.Errorf("description = %q, want the one that was asked for", got)
	}
}

func TestPublishRefuses(t *testing.T) {
	const bare, granular, robot = "gho_bare", "github_pat_granular", "ghs_robot"
	octocat := githubtest.Token{Login: "octocat", Scopes: []string{"repo", "workflow"}}
	for _, tt := range []struct {
		name  string
		env   map[string]string
		args  []string
		mend  func(*githubtest.Server, machine)
		code  int
		error string
		hint  string
	}{
		{name: "without a token", env: map[string]string{"GH_TOKEN": ""}, code: 4, error: "no GitHub token for", hint: "set GH_TOKEN"},
		{name: "with a wrong token", env: map[string]string{"GH_TOKEN": "gho_wrong"}, code: 4, error: "Bad credentials", hint: "another token in GH_TOKEN"},
		{name: "without a scope", env: map[string]string{"GH_TOKEN": bare}, code: 4, error: "lacks the scope workflow", hint: "scopes=repo,workflow"},
		{name: "with a workflow's token", env: map[string]string{"GH_TOKEN": robot}, code: 4, error: "belongs to no user", hint: "another token in GH_TOKEN"},
		{name: "without the right to push workflows", env: map[string]string{"GH_TOKEN": granular}, code: 4, error: "refusing to allow an OAuth App to create or update workflow", hint: "another token in GH_TOKEN"},
		{name: "without a network", env: map[string]string{"SCAFFOLD_API_URL": "http://127.0.0.1:1"}, code: 1, error: "connection refused", hint: "reachable"},
		{
			name: "with a taken name", code: 1, error: "octocat/demo exists and holds something else", hint: "choose another --name",
			mend: func(s *githubtest.Server, m machine) { mustCreate(m.t, s, "octocat", "demo", false, "README.md") },
		},
		{
			name: "with a name that the token does not show", env: map[string]string{"GH_TOKEN": "gho_public"}, code: 1,
			error: "name already exists on this account", hint: "choose another --name",
			mend: func(s *githubtest.Server, m machine) { mustCreate(m.t, s, "octocat", "demo", true, "README.md") },
		},
		{
			name: "an archived repository", code: 1, error: "octocat/demo is archived", hint: "unarchive",
			mend: func(s *githubtest.Server, m machine) {
				mustCreate(m.t, s, "octocat", "demo", false)
				s.Archive("octocat", "demo")
			},
		},
		{
			name: "a repository that may only be read", args: []string{"--owner", "hubot"}, code: 1, error: "octocat may not push to it", hint: "choose another --owner or --name",
			mend: func(s *githubtest.Server, m machine) { mustCreate(m.t, s, "hubot", "demo", false, "README.md") },
		},
		{name: "another user", args: []string{"--owner", "hubot"}, code: 1, error: "hubot is another user", hint: "octocat"},
		{name: "nobody", args: []string{"--owner", "nobody"}, code: 1, error: "no user or organisation nobody", hint: "octocat"},
		{name: "an organisation of others", args: []string{"--owner", "others"}, code: 1, error: "create others/demo", hint: "is octocat a member of others"},
		{name: "what the organisation forbids", args: []string{"--owner", "strict"}, code: 1, error: "members of strict may not make public repositories", hint: "--private"},
		{
			name: "diverged", code: 1, error: "commits that the other has not", hint: "git pull --rebase",
			mend: func(_ *githubtest.Server, m machine) {
				m.must("publish", "demo", "--backlog", "none")
				m.commit("there")
				m.must("publish", "demo", "--backlog", "none")
				m.git("reset", "--quiet", "--hard", "HEAD~1")
				m.commit("here")
			},
		},
		{
			name: "the same name with another history", code: 1, error: "holds something else", hint: "nothing was changed there",
			mend: func(s *githubtest.Server, m machine) {
				lock, err := os.ReadFile(filepath.Join(m.dir, "demo", ".scaffold.yaml"))
				if err != nil {
					m.t.Fatal(err)
				}
				if err := s.CreateRepository("octocat", "demo", false, map[string]string{".scaffold.yaml": string(lock)}); err != nil {
					m.t.Fatal(err)
				}
			},
		},
		{
			name: "the same history from before it had a lock", code: 1, error: "holds something else", hint: "nothing was changed there",
			mend: func(s *githubtest.Server, m machine) {
				mustCreate(m.t, s, "octocat", "demo", false)
				empty := m.git("hash-object", "-t", "tree", "--stdin")
				before := m.git("commit-tree", "-m", "before", empty)
				m.git("reset", "--quiet", "--soft", m.git("commit-tree", "-m", "after", "-p", before, "HEAD^{tree}"))
				m.git("push", "--quiet", s.Dir("octocat", "demo"), before+":refs/heads/main")
			},
		},
		{
			name: "a remote elsewhere", code: 1, error: "the remote origin is not on", hint: "git remote rename origin elsewhere",
			mend: func(_ *githubtest.Server, m machine) { m.git("remote", "add", "origin", "https://gitlab.com/a/b.git") },
		},
		{
			name: "two names for it", args: []string{"--name", "other"}, code: 1, error: "the remote origin is octocat/demo already", hint: "leave --owner and --name out",
			mend: func(s *githubtest.Server, m machine) { m.git("remote", "add", "origin", s.URL+"octocat/demo") },
		},
		{
			name: "no branch main", code: 1, error: "no commit on a branch main", hint: "git branch -m main",
			mend: func(_ *githubtest.Server, m machine) { m.git("branch", "-m", "trunk") },
		},
		{
			name: "no lock", code: 1, error: "no project that scaffold made", hint: "scaffold new",
			mend: func(_ *githubtest.Server, m machine) { m.git("rm", "--quiet", ".scaffold.yaml") },
		},
		{
			name: "no repository", code: 1, error: "demo is no git repository", hint: "git init",
			mend: func(_ *githubtest.Server, m machine) {
				if err := os.RemoveAll(filepath.Join(m.dir, "demo", ".git")); err != nil {
					m.t.Fatal(err)
				}
			},
		},
		{name: "bad topics", args: []string{"--topics", "Go!"}, code: 2, error: `topic "Go!"`, hint: "lower-case"},
		{name: "a bad name", args: []string{"--name", "a b"}, code: 2, error: `--name "a b"`, hint: "letters"},
		{name: "both", args: []string{"--public", "--private"}, code: 2, error: "exclude each other", hint: "choose one"},
		{name: "a bad backlog", args: []string{"--backlog", "issue"}, code: 2, error: `--backlog "issue"`, hint: "did you mean issues?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := githubtest.Start(t, githubtest.Options{
				Accounts: []githubtest.Account{
					{Login: "octocat", Plan: "free"}, {Login: "hubot"}, {Login: "strict", Plan: "free", Members: []string{"octocat"}, NoPublic: true},
					{Login: "others", Members: []string{"hubot"}},
				},
				Tokens: map[string]githubtest.Token{
					githubtest.Secret: octocat, bare: {Login: "octocat", Scopes: []string{"repo"}},
					"gho_public": {Login: "octocat", Scopes: []string{"public_repo", "workflow"}},
					granular:     {Login: "octocat", FineGrained: true, NoWorkflows: true}, robot: {FineGrained: true},
				},
			})
			m := at(t, s)
			m.must("new", "demo", "--phase", "1", "--owner", "octocat")
			if tt.mend != nil {
				tt.mend(s, m)
			}
			before := s.State()
			r := m.run(tt.env, append([]string{"publish", "demo"}, tt.args...)...)
			if r.code != tt.code || r.out != "" {
				t.Errorf("exit %d with %q on stdout, want %d and nothing", r.code, r.out, tt.code)
			}
			if strings.Count(r.err, "error: ") != 1 || strings.Count(r.err, "hint: ") != 1 || !strings.Contains(r.err, tt.error) || !strings.Contains(r.err, tt.hint) {
				t.Errorf("want one error with %q and one hint with %q:\n%s", tt.error, tt.hint, r.err)
			}
			if strings.Contains(r.err, "again in") && !strings.Contains(tt.name, "does not show") {
				t.Errorf("it tried again what cannot be mended so:\n%s", r.err)
			}
			if slices.ContainsFunc(s.Requests(), func(r githubtest.Request) bool {
				return r.Kind == githubtest.Git && strings.Contains(r.Body, "command=fetch")
			}) && tt.name != "diverged" && tt.name != "the same name with another history" {
				t.Error("somebody else's project was fetched")
			}
			if tt.name == "without the right to push workflows" {
				return // there is an empty repository then, which the next run fills
			}
			if diff := cmp.Diff(before, s.State()); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
}

func mustCreate(t *testing.T, s *githubtest.Server, owner, name string, private bool, files ...string) {
	t.Helper()
	texts := map[string]string{}
	for _, f := range files {
		texts[f] = "by hand\n"
	}
	if err := s.CreateRepository(owner, name, private, texts); err != nil {
		t.Fatal(err)
	}
}

// TestNewKeepsTheProject: where publishing fails, the project is there all the
// same, and how to go on is said.
func TestNewKeepsTheProject(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	for name, env := range map[string]map[string]string{
		"no-token":   {"GH_TOKEN": ""},
		"no-network": {"SCAFFOLD_API_URL": "http://127.0.0.1:1"},
	} {
		r := m.run(env, "new", name, "--phase", "1", "--publish", "--protect", "--private", "--yes")
		if r.code == 0 || !strings.Contains(r.err, "project written to "+name+", but a later step failed") || !strings.Contains(r.err, "hint: scaffold publish "+name+" --private --protect") {
			t.Errorf("%s: exit %d\n%s", name, r.code, r.err)
		}
		cmd := exec.CommandContext(t.Context(), "git", "-C", name, "status", "--porcelain")
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: git status = %s, %v", name, out, err)
		}
	}
}

func TestWhatThePlanDoesNotAllow(t *testing.T) {
	for _, plan := range []string{"free", ""} { // an organisation tells its plan to few
		t.Run("plan "+plan, func(t *testing.T) {
			s := githubtest.Start(t, githubtest.Options{Accounts: []githubtest.Account{{Login: "octocat", Plan: plan}}})
			if plan == "" {
				s.Fault(func(r githubtest.Request) *githubtest.Fault {
					if !strings.HasSuffix(r.Path, "/protection") {
						return nil
					}
					return &githubtest.Fault{Status: 403, Body: `{"message":"Upgrade to GitHub Pro or make this repository public to enable this feature.","documentation_url":"https://docs.github.com/rest"}`}
				})
			}
			m := at(t, s)
			r := m.must("new", "demo", "--phase", "1", "--publish", "--private", "--protect")
			if got := s.State()[0]; !got.Private || got.Homepage != "" || len(got.Protection) > 0 {
				t.Errorf("repository: private %t, homepage %q, protection %v", got.Private, got.Homepage, got.Protection)
			}
			if !strings.Contains(r.err, "warning: ") || !strings.Contains(r.out, "is published") {
				t.Errorf("want a warning, and success:\n%s%s", r.out, r.err)
			}
			n := len(s.Requests())
			if m.must("publish", "demo", "--private", "--protect"); writes(s, n) > 0 {
				t.Error("the second run wrote something")
			}
		})
	}
}

// TestAdopts takes a repository that is there, empty or ahead of what is here.
func TestAdopts(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	mustCreate(t, s, "octocat", "demo", true)
	r := m.must("publish", "demo", "--backlog", "none", "--public")
	if !strings.Contains(r.err, "the repository is private and stays so") || !s.State()[0].Private {
		t.Errorf("visibility:\n%s", r.err)
	}
	other := t.TempDir()
	clone := exec.CommandContext(t.Context(), "git", "clone", "--quiet", s.Dir("octocat", "demo"), other)
	if out, err := clone.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, args := range [][]string{{"commit", "--quiet", "--allow-empty", "--message", "elsewhere"}, {"tag", "theirs"}, {"push", "--quiet", "origin", "main", "theirs"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = other
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	head := m.git("rev-parse", "HEAD")
	r = m.must("publish", "demo", "--backlog", "none")
	if !strings.Contains(r.err, "git pull") || !strings.Contains(r.out, "nothing to do") {
		t.Errorf("ahead:\n%s%s", r.out, r.err)
	}
	if m.git("rev-parse", "HEAD") != head || m.git("status", "--porcelain") != "" || m.git("tag") != "" {
		t.Error("the project has changed")
	}
}

func TestWait(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options githubtest.Options
		code    int
		says    []string
	}{
		{"green", githubtest.Options{RunsAfter: 2}, 0, []string{"run  CI ", "pass CI / Format and lint 41s", "pass CI / Build for every platform"}},
		{"red", githubtest.Options{Red: []string{"Coverage"}}, 1, []string{"FAIL failure CI / Coverage", "pass CI / Format and lint", "error: publish: a workflow run is red", "/actions shows the logs"}},
		{"none", githubtest.Options{RunsAfter: -1}, 1, []string{"error: publish: no workflow run has started", "are Actions allowed?"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := githubtest.Start(t, tt.options)
			m := at(t, s)
			r := m.run(nil, "new", "demo", "--phase", "1", "--publish", "--wait")
			if r.code != tt.code {
				t.Errorf("exit %d, want %d", r.code, tt.code)
			}
			for _, want := range tt.says {
				if !strings.Contains(r.err, want) {
					t.Errorf("lacks %q:\n%s", want, r.err)
				}
			}
		})
	}
}

// TestBeingMade: GitHub does not find a new repository at once.
func TestBeingMade(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{Making: 3})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--publish", "--backlog", "issues", "--protect")
	if got := s.State(); len(got) != 1 || len(got[0].Issues) != 8 || len(got[0].Milestones) != 3 || got[0].Issues[0].Milestone != "Understand it" {
		t.Errorf("state: %+v", got)
	}
	tries := 0
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost && r.Path == "/user/repos" {
			tries++
		}
	}
	if tries != 1 {
		t.Errorf("tried to create it %d times", tries)
	}
}

// TestFlaky: as long as something succeeds, it goes on.
func TestFlaky(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	tries := 0
	s.Fault(func(r githubtest.Request) *githubtest.Fault {
		if r.Write() {
			tries++
		}
		if !r.Write() || tries%2 == 0 {
			return nil
		}
		return &githubtest.Fault{Status: 502, Body: "{}"}
	})
	r := m.must("publish", "demo", "--backlog", "issues", "--protect")
	if got := s.State()[0]; len(got.Issues) != 8 || len(got.Milestones) != 3 {
		t.Errorf("%d issues and %d milestones\n%s", len(got.Issues), len(got.Milestones), r.err)
	}
}

func TestWaitsAreShown(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	s.Fault(at1(2, githubtest.Fault{Status: 429, Body: `{"message":"slow down"}`}))
	r := m.must("publish", "demo", "--dry-run")
	if want := "wait GitHub asks for a slower pace: 0s, until "; !strings.Contains(r.err, want) {
		t.Errorf("lacks %q:\n%s", want, r.err)
	}
}

// TestTokenStaysWithItsHost: a repository elsewhere is not asked.
func TestTokenStaysWithItsHost(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("git went to another server: %s", r.URL)
	}))
	defer elsewhere.Close()
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	s.Fault(func(r githubtest.Request) *githubtest.Fault {
		if r.Path != "/repos/octocat/demo" {
			return nil
		}
		return &githubtest.Fault{Status: 200, Body: `{"name":"demo","owner":{"login":"octocat"},"permissions":{"push":true},"clone_url":"` + elsewhere.URL + `/octocat/demo.git"}`}
	})
	if r := m.run(nil, "publish", "demo"); r.code != 1 || !strings.Contains(r.err, "the token is not sent there") {
		t.Errorf("exit %d:\n%s", r.code, r.err)
	}
}

// TestOtherName: what README and module say is told where it leads elsewhere.
func TestOtherName(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	r := m.must("publish", "demo", "--name", "other", "--backlog", "none")
	if got := s.State()[0]; got.Name != "other" || got.Homepage != "" {
		t.Errorf("repository %s with the homepage %q", got.Name, got.Homepage)
	}
	if !strings.Contains(r.err, "README and module were made for octocat/demo") {
		t.Errorf("no warning:\n%s", r.err)
	}
	n := len(s.Requests())
	if m.must("publish", "demo", "--backlog", "none"); writes(s, n) > 0 || len(s.State()) != 1 {
		t.Error("a second run without --name did not find the repository again")
	}
}

func TestInterrupted(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	ctx, cancel := context.WithCancel(t.Context())
	s.Fault(func(r githubtest.Request) *githubtest.Fault {
		if r.Method == http.MethodPut {
			return &githubtest.Fault{Do: cancel}
		}
		return nil
	})
	r := m.runContext(ctx, nil, "publish", "demo", "--protect", "--backlog", "none")
	if r.code != 130 || !strings.Contains(r.err, "hint: completed steps are kept. To continue, run: scaffold publish demo --protect --backlog none") {
		t.Errorf("exit %d:\n%s", r.code, r.err)
	}
}

// TestSecrets looks for the token in everything that a run prints, writes, and
// hands to other programs.
func TestSecrets(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	spy := t.TempDir()
	notes := filepath.Join(spy, "notes")
	script := fmt.Sprintf("#!/bin/sh\n{ echo \"ARGV $*\"; env | sed \"s/^/ENV $1 /\"; } >>%s\nexec %s \"$@\"\n", notes, git)
	if err := os.WriteFile(filepath.Join(spy, "git"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", spy+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GH_TOKEN", githubtest.Secret) // as a user's shell has it
	t.Setenv("GIT_TRACE_CURL", filepath.Join(spy, "trace"))
	t.Setenv("GIT_TRACE_REDACT", "0")

	var printed []string
	say := func(r ran) { printed = append(printed, r.out, r.err) }
	say(m.must("new", "demo", "--phase", "1", "--publish", "--protect", "--json"))
	m.commit("more")
	say(m.must("publish", "demo", "--json"))
	say(m.must("publish", "demo", "--dry-run"))
	say(m.must("auth", "status"))
	for _, fault := range []githubtest.Fault{{Status: 500, Body: "{}"}, {Status: 401, Body: `{"message":"Bad credentials"}`}, {Cut: true}, {Status: 403, Body: "no"}} {
		for _, kind := range []githubtest.Kind{githubtest.API, githubtest.Git} {
			s.Fault(func(r githubtest.Request) *githubtest.Fault {
				if r.Kind == kind {
					return &fault
				}
				return nil
			})
			say(m.run(nil, "publish", "demo"))
		}
	}

	basic := "eC1hY2Nlc3MtdG9rZW46" // how "x-access-token:" begins in base64
	leaks := func(text string) bool {
		return strings.Contains(text, githubtest.Secret) || strings.Contains(text, basic)
	}
	for _, text := range printed {
		if leaks(text) {
			t.Errorf("the token was printed:\n%s", text)
		}
	}
	noted, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	for line := range strings.Lines(string(noted)) {
		fields := strings.Fields(line)
		if !leaks(line) || fields[1] == "-C" { // which is how the server and this test call git
			continue
		}
		if fields[0] != "ENV" || !slices.Contains([]string{"ls-remote", "push", "fetch"}, fields[1]) || !strings.HasPrefix(fields[2], "GIT_CONFIG_VALUE_") {
			t.Errorf("the token was handed on: %s", line)
		}
		given++
	}
	if given == 0 {
		t.Error("the spy saw no token: it does not look where it should")
	}
	for _, root := range []string{m.dir, os.Getenv("HOME"), s.Dir("", ""), spy} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || path == notes {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && leaks(string(data)) {
				t.Errorf("the token is in %s", path)
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}
