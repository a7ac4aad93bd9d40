// Package matrix proves every combination of the catalog: it builds, vets,
// lints without a finding, is tidy, passes its own tests, and its README shows
// what its program prints.
package matrix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/live"
	"github.com/phasekit/scaffold/templates"
)

func TestCombinations(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every combination; not with -short")
	}
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range catalog.Combinations() {
		t.Run(catalog.ID(spec), func(t *testing.T) {
			if spec.Choices["lang"] == "en" {
				spec.Owner = "acme" // both those with an owner and those without are proved
			}
			dir := generate(t, catalog, spec)
			run := func(name string, args ...string) {
				t.Run(filepath.Base(name)+" "+args[0], func(t *testing.T) { command(t, dir, name, args...) })
			}
			run("go", "build", "./...")
			run("go", "vet", "./...")
			for _, system := range []string{"windows", "darwin"} {
				t.Run("vet for "+system, func(t *testing.T) { command(t, dir, "env", "GOOS="+system, "go", "vet", "./...") })
			}
			run("go", "mod", "tidy", "-diff")
			t.Run("test", func(t *testing.T) { test(t, dir) })
			t.Run("lint", func(t *testing.T) { command(t, dir, live.Tool(t, "golangci-lint"), "run") })
			t.Run("format", func(t *testing.T) { command(t, dir, live.Tool(t, "golangci-lint"), "fmt", "--diff") })
			t.Run("workflows", func(t *testing.T) { actionlint(t, dir) })
			t.Run("release", func(t *testing.T) { checkRelease(t, dir) })
			t.Run("README", func(t *testing.T) { checkREADME(t, dir) })
		})
	}
}

// generate writes a combination to a folder of the test's own, as a git
// repository: some tools ask git for the project's root.
func generate(t *testing.T, catalog *generator.Catalog, spec generator.Spec) string {
	t.Helper()
	spec, err := catalog.Resolve(spec)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := catalog.Plan(spec)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := generator.Render(templates.FS(), catalog, plan, "v0.0.0")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), spec.Name)
	if err := tree.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "git", "init", "--quiet")
	return dir
}

// test runs the project's own tests, and holds their coverage to what its own
// CI demands wherever there is a make and a race detector to do it with.
func test(t *testing.T, dir string) {
	race := live.Race(t)
	if _, err := exec.LookPath("make"); err != nil || len(race) == 0 {
		command(t, dir, "go", slices.Concat([]string{"test"}, race, []string{"./..."})...)
		return
	}
	command(t, dir, "make", "cover")
}

// command runs a command in dir and fails with all that it printed.
func command(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func actionlint(t *testing.T, dir string) {
	workflows, err := filepath.Glob(filepath.Join(dir, ".github", "workflows", "*.yml"))
	if err != nil || len(workflows) == 0 {
		t.Fatalf("workflows = %v, %v, want some", workflows, err)
	}
	tool := live.Tool(t, "actionlint")
	live.Tool(t, "shellcheck") // without it actionlint leaves scripts unread
	command(t, dir, tool, workflows...)
}

// checkRelease lets GoReleaser check the configuration of projects that are
// released as binaries.
func checkRelease(t *testing.T, dir string) {
	if _, err := os.Stat(filepath.Join(dir, ".goreleaser.yaml")); err != nil {
		t.Skip("not released as a binary")
	}
	command(t, dir, live.Tool(t, "goreleaser"), "check")
}
