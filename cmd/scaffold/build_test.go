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

// build builds scaffold the way it is released and returns its path.
func build(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "scaffold"+goEnv(t, "GOEXE"))
	out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}
