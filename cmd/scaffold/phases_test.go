package main

import (
	"os"
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
			// The folder is the same in each run: Go's cache depends on it.
			dir, err := filepath.Abs(filepath.Join("..", "..", "build", "phases", "phase"+strconv.Itoa(phase.Number)))
			if err != nil {
				t.Fatal(err)
			}
			empty := func() {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
			empty() // an interrupted run may have left it
			t.Cleanup(empty)
			write := exec.CommandContext(t.Context(), program, "new", dir, "--phase", strconv.Itoa(phase.Number), "--git", "none")
			if out, err := write.CombinedOutput(); err != nil {
				t.Fatalf("scaffold new: %v\n%s", err, out)
			}
			compile := exec.CommandContext(t.Context(), "go", "build", "./...")
			compile.Dir = dir
			if out, err := compile.CombinedOutput(); err != nil {
				t.Errorf("go build: %v\n%s", err, out)
			}
		})
	}
}
