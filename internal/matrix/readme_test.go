package matrix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// checkREADME runs what the README shows as `$ program …` and compares what it
// shows with what is printed. Only made-up prices stay as they are, so that
// commands that ask a live source are not run.
func checkREADME(t *testing.T, dir string) {
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
	for _, block := range consoleBlock.FindAllStringSubmatch(string(readme), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			line, want, _ := strings.Cut(step, "\n")
			if !strings.HasPrefix(line, name+" ") || !strings.Contains(line, "sample") {
				continue
			}
			ran++
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+bin, "XDG_CACHE_HOME="+bin)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("$ %s: %v\n%s", line, err, out)
				continue
			}
			if got := strings.TrimSpace(string(out)); got != strings.TrimSpace(want) {
				t.Errorf("$ %s\ngot:\n%s\nthe README shows:\n%s", line, got, want)
			}
		}
	}
	if ran == 0 {
		t.Error("the README shows no output that can be checked")
	}
}
