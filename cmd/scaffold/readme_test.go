package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

var update = flag.Bool("update", false, "rewrite what the README shows")

// downloading is what Go says where it has not yet what a program is made of.
var downloading = regexp.MustCompile(`(?m)^go: downloading .*\n`)

// TestREADMEShowsRealOutput types what the README shows after `$ `, one line
// after the other in one folder, and compares what comes out.
func TestREADMEShowsRealOutput(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("builds a project, and types into sh")
	}
	const readmeFile = "../../README.md"
	readme, err := os.ReadFile(readmeFile)
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
	steps := live.Console(readme)
	if len(steps) < 2 {
		t.Errorf("the README shows %d commands, want a project and its program", len(steps))
	}
	for _, step := range steps {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", step.Command)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("$ %s: %v\n%s", step.Command, err, out)
		}
		got := strings.TrimSpace(downloading.ReplaceAllString(string(out), ""))
		if *update {
			shown, now := "$ "+step.Command+"\n"+step.Output+"\n", "$ "+step.Command+"\n"+got+"\n"
			readme = bytes.Replace(readme, []byte(shown), []byte(now), 1)
		} else if got != step.Output {
			t.Errorf("$ %s\ngot:\n%s\nthe README shows:\n%s", step.Command, got, step.Output)
		}
	}
	if *update {
		if err := os.WriteFile(readmeFile, readme, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
