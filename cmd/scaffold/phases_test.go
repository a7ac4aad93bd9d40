package main

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/templates"
)

// TestEveryPhaseBuilds generates one project of each phase, with the default choices, and
// compiles it. `make e2e` does so with every combination.
func TestEveryPhaseBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project of each phase; not with -short")
	}
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	program := build(t)
	for _, phase := range catalog.Phases {
		t.Run(strconv.Itoa(phase.Number), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "project")
			write := exec.CommandContext(t.Context(), program, "new", dir, "--phase", strconv.Itoa(phase.Number), "--git", "none")
			if out, err := write.CombinedOutput(); err != nil {
				t.Fatalf("scaffold new: %v\n%s", err, out)
			}
			// With -trimpath Go's cache does not depend on the folder, and make e2e compiles
			// the same libraries with this flag.
			compile := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "./...")
			compile.Dir = dir
			if out, err := compile.CombinedOutput(); err != nil {
				t.Errorf("go build: %v\n%s", err, out)
			}
		})
	}
}
