package gitrepo_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/gitrepo"
)

// do runs git in dir as a user would and returns what it prints.
func do(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit makes a commit on the current branch and returns its hash.
func commit(t *testing.T, dir, message string) string {
	t.Helper()
	do(t, dir, "commit", "--quiet", "--allow-empty", "--message", message)
	return do(t, dir, "rev-parse", "HEAD")
}

func TestRelate(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	first := commit(t, dir, "first")
	second := commit(t, dir, "second")
	do(t, dir, "checkout", "--quiet", "-b", "side", first)
	side := commit(t, dir, "side")
	do(t, dir, "checkout", "--quiet", "--orphan", "other")
	other := commit(t, dir, "other")
	for _, tt := range []struct {
		name        string
		here, there string
		want        gitrepo.Relation
	}{
		{"same", second, second, gitrepo.Same},
		{"behind", second, first, gitrepo.Behind},
		{"ahead", first, second, gitrepo.Ahead},
		{"diverged", second, side, gitrepo.Diverged},
		{"unrelated", second, other, gitrepo.Unrelated},
	} {
		got, err := git.Relate(t.Context(), dir, tt.here, tt.there)
		if err != nil || got != tt.want {
			t.Errorf("%s: Relate() = %d, %v, want %d", tt.name, got, err, tt.want)
		}
	}
	if _, err := git.Relate(t.Context(), dir, first, strings.Repeat("1", 40)); err == nil {
		t.Error("Relate() to a commit that is not there = nil, want an error")
	}
}

func TestFilesOfACommit(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if hash, err := git.Branch(t.Context(), dir, "main"); err != nil || hash != "" {
		t.Errorf("Branch() = %q, %v before the first commit", hash, err)
	}
	const text = "  two lines\n\n"
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := git.Stage(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	want := commit(t, dir, "first")
	hash, err := git.Branch(t.Context(), dir, "main")
	if err != nil || hash != want {
		t.Errorf("Branch() = %q, %v, want %s", hash, err, want)
	}
	got, err := git.File(t.Context(), dir, hash, "a.txt")
	if err != nil || string(got) != text {
		t.Errorf("File() = %q, %v, want %q", got, err, text)
	}
	if _, err := git.File(t.Context(), dir, hash, "b.txt"); !errors.Is(err, gitrepo.ErrNoFile) {
		t.Errorf("File() of what is not there = %v, want ErrNoFile", err)
	}
	for folder, want := range map[string]bool{".": true, "b": false} {
		if got, err := git.HasFiles(t.Context(), dir, hash, folder); err != nil || got != want {
			t.Errorf("HasFiles(%s) = %t, %v, want %t", folder, got, err, want)
		}
	}
	for _, changed := range []bool{false, true} {
		if got, err := git.Changed(t.Context(), dir); err != nil || got != changed {
			t.Errorf("Changed() = %t, %v, want %t", got, err, changed)
		}
		if err := os.WriteFile(filepath.Join(dir, "b.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if root, err := git.Root(t.Context(), t.TempDir()); err != nil || root != "" {
		t.Errorf("Root() outside of a repository = %q, %v", root, err)
	}
}

func TestRootOfWhatGitRefuses(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "config"), []byte("[core]\n\trepositoryformatversion = 99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if root, err := git.Root(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("Root() = %q, %v, want git's own reason", root, err)
	}
}

func TestSetOrigin(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if origin, err := git.Origin(t.Context(), dir); err != nil || origin != "" {
		t.Errorf("Origin() = %q, %v, want none", origin, err)
	}
	const address = "https://github.com/acme/demo.git"
	if err := git.SetOrigin(t.Context(), dir, address, "main"); err != nil {
		t.Fatal(err)
	}
	if origin, err := git.Origin(t.Context(), dir); err != nil || origin != address {
		t.Errorf("Origin() = %q, %v, want %s", origin, err, address)
	}
	if got := do(t, dir, "config", "branch.main.remote") + " " + do(t, dir, "config", "branch.main.merge"); got != "origin refs/heads/main" {
		t.Errorf("main's upstream = %s", got)
	}
	if err := git.SetOrigin(t.Context(), dir, address, "main"); err != nil {
		t.Errorf("a second SetOrigin() = %v", err)
	}
	if err := git.SetOrigin(t.Context(), dir, "https://github.com/acme/other.git", "main"); err == nil {
		t.Error("SetOrigin() to another address = nil, want an error")
	}

	theirs := t.TempDir()
	if err := git.Init(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	do(t, theirs, "config", "branch.main.remote", "upstream")
	if err := git.SetOrigin(t.Context(), theirs, address, "main"); err != nil {
		t.Fatal(err)
	}
	if got := do(t, theirs, "config", "branch.main.remote"); got != "upstream" {
		t.Errorf("the user's own upstream became %s", got)
	}
}
