package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/internal/github/githubtest"
)

// renameGate gives the job CI another name and commits that in dir.
func renameGate(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, ".github", "workflows", "ci.yml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	renamed := strings.Replace(string(text), "    name: CI\n", "    name: Gate\n", 1)
	if renamed == string(text) {
		t.Fatal("ci.yml has no job CI")
	}
	if err := os.WriteFile(file, []byte(renamed), 0o600); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "commit", "--quiet", "--all", "--message", "rename the gate")
}

func gitIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestProtectReadsMain: the branch that is checked out does not decide which
// check main requires, and whether it can require it.
func TestProtectReadsMain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(m machine, s *githubtest.Server, demo string) // after main was published with the job CI
		refused bool
	}{
		{name: "main is checked out", prepare: func(machine, *githubtest.Server, string) {}},
		{
			name: "a feature branch renames the job",
			prepare: func(m machine, _ *githubtest.Server, demo string) {
				m.git("checkout", "--quiet", "-b", "feature")
				renameGate(m.t, demo)
			},
		},
		{
			name: "a feature branch has no workflows",
			prepare: func(m machine, _ *githubtest.Server, _ string) {
				m.git("checkout", "--quiet", "-b", "feature")
				m.git("rm", "--quiet", "-r", ".github")
				m.git("commit", "--quiet", "--message", "no workflows")
			},
		},
		{
			name: "main renames the job and is pushed",
			prepare: func(m machine, _ *githubtest.Server, demo string) {
				renameGate(m.t, demo)
				m.must("publish", "demo")
			},
			refused: true,
		},
		{
			name:    "main renames the job and would be pushed",
			prepare: func(m machine, _ *githubtest.Server, demo string) { renameGate(m.t, demo) },
			refused: true,
		},
		{
			name: "a feature branch has the job and main has not",
			prepare: func(m machine, _ *githubtest.Server, demo string) {
				m.git("branch", "feature")
				renameGate(m.t, demo)
				m.must("publish", "demo")
				m.git("checkout", "--quiet", "feature")
			},
			refused: true,
		},
		{
			name: "another clone pushed a main without the job",
			prepare: func(m machine, s *githubtest.Server, _ string) {
				other := filepath.Join(m.t.TempDir(), "other")
				gitIn(m.t, "", "clone", "--quiet", s.Dir("octocat", "demo"), other)
				renameGate(m.t, other)
				gitIn(m.t, other, "push", "--quiet", "origin", "main")
			},
			refused: true,
		},
		{
			name: "main here brings the job back",
			prepare: func(m machine, _ *githubtest.Server, demo string) {
				renameGate(m.t, demo)
				m.must("publish", "demo")
				m.git("revert", "--no-edit", "HEAD")
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := githubtest.Start(t, githubtest.Options{})
			m := at(t, s)
			m.must("new", "demo", "--phase", "1", "--publish")
			tt.prepare(m, s, filepath.Join(m.dir, "demo"))
			before := s.State()
			for _, args := range [][]string{{"--dry-run"}, {}} {
				r := m.run(nil, append([]string{"publish", "demo", "--protect"}, args...)...)
				if !tt.refused {
					if r.code != 0 {
						t.Errorf("publish --protect %q: exit %d\n%s", args, r.code, r.err)
					}
					continue
				}
				if r.code != 1 || !strings.Contains(r.err, "error: protect main: .github/workflows/ci.yml on main has no job named CI") || !strings.Contains(r.err, "hint: add a job CI to main") {
					t.Errorf("publish --protect %q: exit %d, want 1 and the reason\n%s", args, r.code, r.err)
				}
				if diff := cmp.Diff(before, s.State()); diff != "" {
					t.Errorf("something changed:\n%s", diff)
				}
			}
			if tt.refused {
				return
			}
			want := githubtest.Protection{Strict: true, Checks: []string{"CI"}}
			if diff := cmp.Diff(want, s.State()[0].Protection["main"]); diff != "" {
				t.Errorf("protection (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProtectBeforeTheFirstPush: a project without the job is refused before its
// repository is made.
func TestProtectBeforeTheFirstPush(t *testing.T) {
	s := githubtest.Start(t, githubtest.Options{})
	m := at(t, s)
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")
	renameGate(t, filepath.Join(m.dir, "demo"))
	if r := m.run(nil, "publish", "demo", "--protect"); r.code != 1 || !strings.Contains(r.err, "has no job named CI") {
		t.Errorf("exit %d, want 1 and the reason\n%s", r.code, r.err)
	}
	if len(s.State()) > 0 || writes(s, 0) > 0 {
		t.Error("a repository was made")
	}
}
