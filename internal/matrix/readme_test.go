//go:build e2e

package matrix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

// checkConsole runs what the README shows as `$ program …` and compares what it
// shows with what is printed. Only made-up prices stay as they are, so that
// commands that ask a live source are not run.
func checkConsole(t *testing.T, dir, programs string) {
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(dir)
	home := t.TempDir()
	ran := 0
	for _, step := range live.Console(readme) {
		if !strings.HasPrefix(step.Command, name+" ") || !strings.Contains(step.Command, "sample") {
			continue
		}
		ran++
		cmd := exec.CommandContext(t.Context(), "sh", "-c", step.Command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home, "XDG_CACHE_HOME="+home)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("$ %s: %v\n%s", step.Command, err, out)
			continue
		}
		if got := strings.TrimSpace(string(out)); got != step.Output {
			t.Errorf("$ %s\ngot:\n%s\nthe README shows:\n%s", step.Command, got, step.Output)
		}
	}
	if ran == 0 {
		t.Error("the README shows no output that can be checked")
	}
}
