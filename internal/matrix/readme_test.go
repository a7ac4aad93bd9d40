//go:build e2e

package matrix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

// checkConsole runs what the README shows as `$ program …` and compares what it
// shows with what is printed. Only made-up prices stay as they are, so that
// commands that ask a live source are not run.
func checkConsole(t *testing.T, dir string) {
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(dir)
	bin := t.TempDir()
	program := filepath.Join(bin, name)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	command(t, dir, "go", "build", "-o", program, ".")
	ran := 0
	for _, step := range live.Console(readme) {
		if !strings.HasPrefix(step.Command, name+" ") || !strings.Contains(step.Command, "sample") {
			continue
		}
		ran++
		cmd := exec.CommandContext(t.Context(), "sh", "-c", step.Command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+bin, "XDG_CACHE_HOME="+bin)
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
