package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const smallCatalog = `
go: "1.26"
axes:
  - {name: domain, question: "?", values: [{name: crypto, title: c}]}
  - {name: lang, question: "?", values: [{name: en, title: e}, {name: id, title: i}]}
phases:
  - number: 1
    title: a CLI
    axes: {domain: [crypto], lang: [en, id]}
    layers: [base/core, "{domain}/core"]
    next: [{command: make, about: builds it}]
    projects:
      crypto: {name: price, description: {en: Prices, id: Harga}}
`

// atRepository makes the working folder a repository with two small layers.
func atRepository(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "templates/catalog.yaml", smallCatalog)
	write(t, "templates/_layers/base/core/dot_github/ci.yml", "on: push\n")
	write(t, "templates/_layers/base/core/README.md.tmpl", "# [[ .Name ]]\n")
	write(t, "templates/_layers/crypto/core/go.mod.tmpl", "module [[ .Module ]]\n\ngo [[ .Go ]].0\n\nrequire example.org/unused v1.0.0\n")
	write(t, "templates/_layers/crypto/core/go.sum", "")
	write(t, "templates/_layers/crypto/core/x/x.go", "package x\n")
	write(t, "templates/_layers/crypto/core/main.go", "package main\n\nimport _ \"example.com/app/x\"\n\nfunc main() {}\n")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// workbench runs a subcommand and returns what it prints.
func workbench(t *testing.T, cmd *cobra.Command, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

const project = "play/phase1-crypto-en"

func play1(t *testing.T) {
	t.Helper()
	if _, err := workbench(t, newPlayCmd(), "--phase", "1"); err != nil {
		t.Fatalf("play = %v", err)
	}
}

func TestPullCarriesEditsBack(t *testing.T) {
	atRepository(t)
	play1(t)
	write(t, project+"/main.go", "package main\n\nimport _ \"example.com/app/x\"\n\nfunc main() { println() }\n")
	write(t, project+"/.github/ci.yml", "on: pull_request\n")
	write(t, project+"/.github/new.yml", "on: push\n")
	write(t, project+"/bin/price", "built")
	out, err := workbench(t, newPullCmd(), "--layer", "base/core")
	if err != nil {
		t.Fatalf("pull = %v\n%s", err, out)
	}
	for file, want := range map[string]string{
		"templates/_layers/crypto/core/main.go":          "package main\n\nimport _ \"example.com/app/x\"\n\nfunc main() { println() }\n",
		"templates/_layers/base/core/dot_github/ci.yml":  "on: pull_request\n",
		"templates/_layers/base/core/dot_github/new.yml": "on: push\n",
	} {
		if got := read(t, file); got != want {
			t.Errorf("%s = %q, want %q", file, got, want)
		}
	}
	if _, err := os.Stat("templates/_layers/base/core/bin"); err == nil {
		t.Error("pull carried over what a build left")
	}
	// Everything is in the layers now, so that play may start over.
	play1(t)
	if out, err := workbench(t, newPullCmd()); err != nil || strings.Contains(out, "pulled") {
		t.Errorf("pull without edits = %v, %q", err, out)
	}
}

func TestPullLeavesToAPerson(t *testing.T) {
	tests := []struct {
		name, edit, want string
		meanwhile        func(t *testing.T)
	}{
		{"a rendered template", "README.md", "edit templates/_layers/base/core/README.md.tmpl", nil},
		{"a new file without a layer", "new.go", "name its layer", nil},
		{"the lock", ".scaffold.yaml", "written by the engine", nil},
		{"a layer that changed", "x/x.go", "its layer has changed since", func(t *testing.T) {
			write(t, "templates/_layers/crypto/core/x/x.go", "package x // changed\n")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			atRepository(t)
			play1(t)
			write(t, filepath.Join(project, tt.edit), "package x // edited\n")
			if tt.meanwhile != nil {
				tt.meanwhile(t)
			}
			layersBefore := read(t, "templates/_layers/crypto/core/x/x.go")
			out, err := workbench(t, newPullCmd())
			if err == nil || !strings.Contains(filepath.ToSlash(out), tt.want) {
				t.Errorf("pull = %v, %q, want an error and %q", err, out, tt.want)
			}
			if got := read(t, "templates/_layers/crypto/core/x/x.go"); got != layersBefore {
				t.Errorf("the layer became %q", got)
			}
			// What was left is not thrown away by the next play.
			if _, err := workbench(t, newPlayCmd()); err == nil {
				t.Error("play over edits = nil, want an error")
			}
			if got := read(t, filepath.Join(project, tt.edit)); got != "package x // edited\n" {
				t.Errorf("play threw away the edit: %q", got)
			}
		})
	}
}

func TestPlayLeavesFoldersItDidNotMake(t *testing.T) {
	atRepository(t)
	write(t, project+"/mine", "mine")
	if _, err := workbench(t, newPlayCmd()); err == nil {
		t.Error("play over a folder of somebody else = nil, want an error")
	}
	if got := read(t, project+"/mine"); got != "mine" {
		t.Errorf("mine = %q", got)
	}
}

func TestDepsWritesTidyPins(t *testing.T) {
	atRepository(t)
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	out, err := workbench(t, newDepsCmd())
	if err != nil {
		t.Fatalf("deps = %v\n%s", err, out)
	}
	if got, want := read(t, "templates/_layers/crypto/core/go.mod.tmpl"), "module [[ .Module ]]\n\ngo [[ .Go ]].0\n"; got != want {
		t.Errorf("go.mod.tmpl = %q, want %q", got, want)
	}
}

func TestDocs(t *testing.T) {
	dir := t.TempDir()
	if err := docs(dir); err != nil {
		t.Fatalf("docs() = %v", err)
	}
	for _, file := range []string{"completions/scaffold.bash", "completions/scaffold.zsh", "completions/scaffold.fish", "completions/scaffold.ps1", "man/scaffold.1", "man/scaffold-new.1"} {
		if text := read(t, filepath.Join(dir, file)); !strings.Contains(text, "scaffold") {
			t.Errorf("%s does not speak of scaffold", file)
		}
	}
}
