package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goEnv returns one of the go command's settings.
func goEnv(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// build builds scaffold and returns its path. Without -trimpath it takes from Go's cache what
// was compiled for the tests themselves.
func build(t testing.TB, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "scaffold"+goEnv(t, "GOEXE"))
	args := append([]string{"build", "-ldflags=-s -w", "-o", program}, flags...)
	out, err := exec.CommandContext(t.Context(), "go", append(args, ".")...).CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}
