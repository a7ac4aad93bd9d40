package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const repository = "github.com/phasekit/scaffold/"

// TestImportDirection: imports run one way, cmd → internal/cli → generator and
// the other internal packages. Tests may import more.
func TestImportDirection(t *testing.T) {
	root := os.DirFS("../..")
	for _, folder := range []string{"cmd", "generator", "internal", "presets", "templates"} {
		err := fs.WalkDir(root, folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			for _, imported := range imports(t, root, name) {
				if !allowed(path.Dir(name), imported) {
					t.Errorf("%s imports %s: that is the wrong direction", name, imported)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// imports lists this module's packages that a file imports.
func imports(t *testing.T, root fs.FS, name string) []string {
	t.Helper()
	src, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if inside, ok := strings.CutPrefix(imported, repository); ok {
			ours = append(ours, inside)
		}
	}
	return ours
}

// allowed reports whether a package may import another one of this module.
func allowed(from, to string) bool {
	switch {
	case below(from, "cmd"):
		return !below(to, "cmd")
	case below(from, "internal/cli"):
		return !below(to, "cmd") && !below(to, "templates") // the templates are handed to it
	case below(from, "internal"):
		return below(to, "generator") || below(to, "internal") && !below(to, "internal/cli")
	case below(from, "presets"):
		return below(to, "generator")
	default: // generator and templates
		return below(from, "generator") && below(to, "generator")
	}
}

func below(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }
