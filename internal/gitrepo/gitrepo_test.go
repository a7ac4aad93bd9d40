package gitrepo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/gitrepo"
)

func find(t *testing.T) *gitrepo.Git {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git, err := gitrepo.Find()
	if err != nil {
		t.Skip("git is not installed")
	}
	return git
}

func TestStageTakesEverything(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatalf("Init() = %v", err)
	}
	// What a user's own settings hide belongs to the project all the same.
	if err := os.WriteFile(filepath.Join(dir, ".git", "info", "exclude"), []byte("*.sum\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.sum", "run.sh"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := git.Stage(t.Context(), dir, []string{"run.sh"}); err != nil {
		t.Fatalf("Stage() = %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--stage")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line) // mode hash stage path
		got = append(got, fields[0]+" "+fields[3])
	}
	if want := "100644 go.sum, 100755 run.sh"; strings.Join(got, ", ") != want {
		t.Errorf("staged %q, want %q", got, want)
	}
}

func TestCommitNeedsAnIdentity(t *testing.T) {
	git, dir := find(t), t.TempDir()
	if err := git.Init(t.Context(), dir); err != nil {
		t.Fatalf("Init() = %v", err)
	}
	if git.HasIdentity(t.Context(), dir) {
		t.Error("HasIdentity() = true on a machine without settings")
	}
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+who+"_NAME", "Sri")
		t.Setenv("GIT_"+who+"_EMAIL", "sri@example.com")
	}
	git = find(t)
	if !git.HasIdentity(t.Context(), dir) {
		t.Error("HasIdentity() = false with an identity in the environment")
	}
	if _, err := git.Commit(t.Context(), dir, "feat: x"); err == nil || !strings.Contains(err.Error(), "git commit") {
		t.Errorf("Commit() of nothing = %v, want git's own error", err)
	}
}

func TestSettings(t *testing.T) {
	git := find(t)
	config := "[user]\n\tname = Sri \"L\" Lestari\n[github]\n\tuser = sri\n"
	if err := os.WriteFile(filepath.Join(os.Getenv("HOME"), ".gitconfig"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	got, err := git.Settings(t.Context())
	if want := (gitrepo.Settings{UserName: "Sri L Lestari", GitHubUser: "sri"}); err != nil || got != want {
		t.Errorf("Settings() = %+v, %v, want %+v", got, err, want)
	}
}
