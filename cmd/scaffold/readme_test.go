package main

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

// TestREADMEShowsRealOutput types what the README shows after `$ `, one line
// after the other in one folder, and compares what comes out.
func TestREADMEShowsRealOutput(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("builds a project, and types into sh")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, dir, home := build(t), t.TempDir(), t.TempDir()
	gitconfig := "[user]\n\tname = Sri Lestari\n\temail = sri@example.com\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(gitconfig), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(),
		"PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+dir,
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOPATH="+goEnv(t, "GOPATH"))
	ran := 0
	for _, block := range consoleBlock.FindAllStringSubmatch(string(readme), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			line, want, _ := strings.Cut(step, "\n")
			ran++
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
			cmd.Dir, cmd.Env = dir, env
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("$ %s: %v\n%s", line, err, out)
			}
			if got := strings.TrimSpace(string(out)); got != strings.TrimSpace(want) {
				t.Errorf("$ %s\ngot:\n%s\nthe README shows:\n%s", line, got, want)
			}
		}
	}
	if ran < 2 {
		t.Errorf("the README shows %d commands, want a project and its program", ran)
	}
}
