// Package live is test support: it finds the real tools and servers that live
// tests run against.
package live

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Required reports whether a missing tool or server is a failure, as in CI,
// and not a reason to skip: SCAFFOLD_LIVE=required.
func Required() bool { return os.Getenv("SCAFFOLD_LIVE") == "required" }

// missing ends the test for want of something that only some machines have.
func missing(t testing.TB, what string) {
	t.Helper()
	if Required() {
		t.Fatalf("%s is missing, and SCAFFOLD_LIVE=required", what)
	}
	t.Skipf("%s is missing: skipped (SCAFFOLD_LIVE=required makes this a failure)", what)
}

// Tool returns the path of a development tool: of the pinned build that `make
// tools` made, or else of one on the PATH.
func Tool(t testing.TB, name string) string {
	t.Helper()
	_, self, _, ok := runtime.Caller(0)
	if ok {
		pinned := filepath.Join(filepath.Dir(self), "..", "..", "bin", "tools", name)
		if path, err := exec.LookPath(pinned); err == nil {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// Race returns the flag for the race detector, or nothing where cgo, which it
// needs, is off for want of a C compiler and not required.
func Race(t testing.TB) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "CGO_ENABLED").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(out)) != "1" && !Required() {
		return nil
	}
	return []string{"-race"}
}
