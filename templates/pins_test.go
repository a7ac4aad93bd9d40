package templates_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/phasekit/scaffold/generator"
)

var workflowGo = regexp.MustCompile(`(?:go-version|GO_VERSION): "([^"]*)"`)

func TestOneGoVersion(t *testing.T) {
	data, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := catalog(t).Go + ".0"
	if mod.Go.Version != want {
		t.Errorf("our go.mod says go %s, the catalog %s", mod.Go.Version, want)
	}
	workflows, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(workflows) == 0 {
		t.Fatalf("workflows = %v, %v, want some", workflows, err)
	}
	for _, file := range workflows {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range workflowGo.FindAllStringSubmatch(string(text), -1) {
			if v[1] != catalog(t).Go+".x" {
				t.Errorf("%s says Go %s, the catalog %s", file, v[1], catalog(t).Go)
			}
		}
	}
	eachCombination(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		f, ok := render(t, c, s).File("go.mod")
		if !ok {
			t.Fatal("no go.mod")
		}
		generated, err := modfile.Parse("go.mod", f.Data, nil)
		if err != nil {
			t.Fatal(err)
		}
		if generated.Go.Version != want {
			t.Errorf("go.mod says go %s, want %s", generated.Go.Version, want)
		}
	})
}

// TestToolPinsAgree holds the tools that projects pin to those that proved them
// here.
func TestToolPinsAgree(t *testing.T) {
	manifests := map[string]struct{ file, pin string }{
		"golangci-lint": {"golangci-lint/go.mod", "github.com/golangci/golangci-lint/v2 v%s"},
		"goreleaser":    {"goreleaser/go.mod", "github.com/goreleaser/goreleaser/v2 v%s"},
		"govulncheck":   {"govulncheck/go.mod", "golang.org/x/vuln v%s"},
		"redocly":       {"redocly/package.json", `"@redocly/cli": "%s"`},
		"k6":            {"k6/go.mod", "go.k6.io/k6 v%s"},
	}
	eachCombination(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		tree := render(t, c, s)
		pins, ok := tree.File(".tool-versions")
		if !ok {
			t.Fatal("no .tool-versions")
		}
		load, _ := tree.File("load/.tool-versions") // phase 3 alone has it
		for line := range strings.Lines(string(pins.Data) + string(load.Data)) {
			tool, version, _ := strings.Cut(strings.TrimSpace(line), " ")
			manifest := manifests[tool]
			data, err := os.ReadFile(filepath.Join("..", "internal", "tools", manifest.file))
			if err != nil {
				t.Fatal(err)
			}
			pin := regexp.QuoteMeta(fmt.Sprintf(manifest.pin, version))
			if !regexp.MustCompile(`(?m)` + pin + `( |$)`).Match(data) {
				t.Errorf("projects pin %s %s, which internal/tools does not", tool, version)
			}
		}
	})
}

var action = regexp.MustCompile(`uses: ([^@\s]+)@(.*)`)

// TestActionsArePinnedOnce holds the actions of projects to those that run
// here, where dependabot sees and renews them.
func TestActionsArePinnedOnce(t *testing.T) {
	pins := map[string]string{}
	read := func(where, text string) {
		for _, use := range action.FindAllStringSubmatch(text, -1) {
			name, pin := use[1], use[2]
			if before, ok := pins[name]; ok && before != pin {
				t.Errorf("%s uses %s@%s, elsewhere it is %s", where, name, pin, before)
			}
			pins[name] = pin
		}
	}
	workflows, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workflows {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read(file, string(data))
	}
	ours := len(pins)
	c := catalog(t)
	for _, s := range c.Combinations() {
		for _, f := range render(t, c, s).Files() {
			if strings.HasPrefix(f.Path, ".github/workflows/") {
				read(c.ID(s)+": "+f.Path, string(f.Data))
			}
		}
	}
	if ours == 0 || len(pins) == ours {
		t.Errorf("%d actions here and %d in all: want some of both", ours, len(pins))
	}
}
