//go:build e2e

package matrix_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/live"
	"github.com/phasekit/scaffold/templates"
)

// TestCombinations builds, vets, lints and tests every combination. Those that pairwise chooses
// run as their README shows, and their code runs with real servers.
func TestCombinations(t *testing.T) {
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	showsREADME, withServers := map[string]bool{}, map[string]bool{}
	for _, spec := range pairwise(catalog) {
		showsREADME[catalog.ID(spec)] = true
		withServers[catalog.ID(inEnglish(spec))] = true
	}
	for _, spec := range catalog.Combinations() {
		t.Run(catalog.ID(spec), func(t *testing.T) {
			t.Parallel()
			spec.Owner = "acme" // make test builds projects that have no owner
			if spec.Choices["lang"] != "en" {
				// Other languages have the same code, which need not be proved again.
				tree := render(t, catalog, spec)
				if diff := cmp.Diff(code(render(t, catalog, inEnglish(spec))), code(tree)); diff != "" {
					t.Errorf("the code differs (-en +%s):\n%s", spec.Choices["lang"], diff)
				}
				dir := write(t, tree)
				checkDocumented(t, dir)
				if showsREADME[catalog.ID(spec)] {
					checkREADME(t, dir, build(t, dir))
				}
				return
			}
			dir := write(t, render(t, catalog, spec))
			checkProject(t, dir, spec.Choices["framework"] != "echo")
			if withServers[catalog.ID(spec)] {
				programs := build(t, dir)
				checkREADME(t, dir, programs)
				checkWithServers(t, dir, programs)
			}
		})
	}
}

func inEnglish(spec generator.Spec) generator.Spec {
	spec.Choices = maps.Clone(spec.Choices)
	spec.Choices["lang"] = "en"
	return spec
}

// checkProject proves a project as its own CI would, and more. Other systems, in which no
// framework has a part, are proved for one of them.
func checkProject(t *testing.T, dir string, otherSystems bool) {
	run := func(name string, args ...string) {
		t.Run(filepath.Base(name)+" "+args[0], func(t *testing.T) { command(t, dir, name, args...) })
	}
	run("go", "build", "./...")
	run("go", "vet", "./...")
	if otherSystems {
		for _, system := range []string{"windows", "darwin"} {
			t.Run("types on "+system, func(t *testing.T) { checkTypes(t, dir, system) })
		}
	}
	run("go", "mod", "tidy", "-diff")
	t.Run("lint", func(t *testing.T) { command(t, dir, live.Tool(t, "golangci-lint"), "run", "--allow-parallel-runners") })
	t.Run("workflows", func(t *testing.T) { actionlint(t, dir) })
	if has(dir, ".goreleaser.yaml") {
		t.Run("release", func(t *testing.T) { command(t, dir, live.Tool(t, "goreleaser"), "check") })
	}
	if has(dir, "api") {
		t.Run("OpenAPI", func(t *testing.T) { checkContracts(t, dir) })
	}
	t.Run("compose", func(t *testing.T) { checkCompose(t, dir) })
	t.Run("scripts", func(t *testing.T) { shellcheck(t, dir) })
	if has(dir, "deploy/prometheus") {
		t.Run("Prometheus", func(t *testing.T) { checkPrometheus(t, dir) })
	}
	if has(dir, "deploy/kubernetes") {
		t.Run("Kubernetes", func(t *testing.T) { checkKubernetes(t, dir) })
	}
	if has(dir, "load") {
		t.Run("load", func(t *testing.T) { command(t, dir, live.Tool(t, "k6"), "inspect", "load/mix.js") })
	}
	t.Run("test", func(t *testing.T) { test(t, dir) })
}

// checkTypes checks the types of a project and of its tests for another operating system. It
// reads the libraries' source: go vet would compile all of them for that system first.
func checkTypes(t *testing.T, dir, system string) {
	loaded, err := packages.Load(&packages.Config{
		Context: t.Context(),
		Dir:     dir,
		Env:     append(os.Environ(), "GOOS="+system),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax,
		Tests: true,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) == 0 {
		t.Fatal("the project has no packages")
	}
	packages.Visit(loaded, nil, func(p *packages.Package) {
		for _, err := range p.Errors {
			t.Error(err)
		}
	})
}

// checkDocumented proves a project whose code is proved already.
func checkDocumented(t *testing.T, dir string) {
	t.Run("workflows", func(t *testing.T) { actionlint(t, dir) })
	t.Run("go build", func(t *testing.T) { command(t, dir, "go", "build", "./...") })
}

// build builds a project's programs into a folder of the test's own, which it returns.
func build(t *testing.T, dir string) (programs string) {
	t.Helper()
	programs = t.TempDir()
	mains := "."
	if has(dir, "cmd") {
		mains = "./cmd/..."
	}
	command(t, dir, "go", "build", "-o", programs+string(os.PathSeparator), mains)
	return programs
}

// checkREADME runs a project's programs as its README shows, without a server.
func checkREADME(t *testing.T, dir, programs string) {
	t.Run("README", func(t *testing.T) {
		switch {
		case has(dir, "cmd/api"):
			checkTour(t, dir, start(t, filepath.Join(programs, "api")))
		case has(dir, "cmd/shop"):
			checkTour(t, dir, startShop(t, programs))
		default:
			checkConsole(t, dir, programs)
		}
	})
}

// checkWithServers runs a project's programs with the servers that they need.
func checkWithServers(t *testing.T, dir, programs string) {
	switch {
	case has(dir, "cmd/api"):
		checkServer(t, dir, programs)
	case has(dir, "cmd/shop"):
		checkShop(t, dir, programs)
	}
}

func render(t *testing.T, catalog *generator.Catalog, spec generator.Spec) *generator.Tree {
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
	return tree
}

// write writes a project to a folder of the test's own, as a git repository:
// some tools ask git for the project's root.
func write(t *testing.T, tree *generator.Tree) string {
	t.Helper()
	mod, ok := tree.File("go.mod")
	if !ok {
		t.Fatal("no go.mod")
	}
	module, _, _ := strings.Cut(strings.TrimPrefix(string(mod.Data), "module "), "\n")
	dir := filepath.Join(t.TempDir(), generator.NameOf(module))
	if err := tree.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "git", "init", "--quiet")
	return dir
}

// code returns what no language of the documents may change, by path.
func code(tree *generator.Tree) map[string]string {
	files := map[string]string{}
	for _, f := range tree.Files() {
		if filepath.Ext(f.Path) != ".md" && f.Path != generator.LockFile && !strings.HasPrefix(f.Path, ".goreleaser") {
			files[f.Path] = string(f.Data)
		}
	}
	return files
}

func has(dir, path string) bool {
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(path)))
	return err == nil
}

// test runs the project's own tests, and holds their coverage to what its own
// CI demands wherever it can be held: with a make, a race detector, and the
// services that CI has.
func test(t *testing.T, dir string, env ...string) {
	race := live.Race(t)
	line := []string{"make", "cover", "RACE=-race"}
	_, err := exec.LookPath("make")
	switch {
	case len(env) == 0 && has(dir, "internal/database"):
		line = []string{"go", "test", "./..."} // what runs again with the services, and more strictly
	case err != nil || len(race) == 0:
		line = slices.Concat([]string{"go", "test"}, race, []string{"./..."})
	}
	command(t, dir, "env", append(env, line...)...)
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

func checkContracts(t *testing.T, dir string) {
	contracts, err := filepath.Glob(filepath.Join(dir, "api", "*.yaml"))
	if err != nil || len(contracts) == 0 {
		t.Fatalf("contracts = %v, %v, want some", contracts, err)
	}
	command(t, dir, live.Tool(t, "redocly"), append([]string{"lint"}, contracts...)...)
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
