package templates_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/generator/yaml"
)

// FuzzHostileSpec sends hostile strings through every layer: what Resolve
// accepts must still give files that parse, hold the text as the user wrote it,
// and stay in the project.
func FuzzHostileSpec(f *testing.F) {
	for _, s := range []string{
		`plain`, `it's "quoted"`, "back`tick`", `$(rm -rf /)`, `${{ secrets.GITHUB_TOKEN }}`, `{{ .Env.HOME }}`,
		`: - # & * ! | > %`, `a\nb`, "a\nb", `\`, `'''`, `"; panic("x"); "`, `../../etc/passwd`, `[[ .Name ]]`, `<script>`,
		`null`, `~`, `yes`, `1e3`, `#!`, `Dewi 👩‍💻`, "\ufeff", "\u202e", "\u2028", "---", "=", `$$(shell id)`, `%s%n`,
	} {
		f.Add("price", "github.com/acme/price", "acme", s, s)
		f.Add(s, s, s, s, s)
	}
	c := catalog(f)
	combinations := c.Combinations()
	const remembered = 10_000
	looked := make(map[string]bool) // at a file of this name, with this in it
	f.Fuzz(func(t *testing.T, name, module, owner, description, author string) {
		// The marker makes the text recognisable wherever it ends up.
		if description != "" {
			description = marker + description
		}
		if author != "" {
			author = marker + author
		}
		for _, s := range combinations {
			s.Name, s.Module, s.Owner, s.Description, s.Author = name, module, owner, description, author
			resolved, err := c.Resolve(s)
			if err != nil {
				continue
			}
			if len(looked) > remembered {
				clear(looked)
			}
			for _, file := range render(t, c, s).Files() {
				if key := file.Path + string(file.Data); !looked[key] || file.Path == generator.LockFile {
					checkHostile(t, file, resolved)
					looked[key] = true
				}
			}
		}
	})
}

const marker = "zq7f"

// mayHoldText are the files that may repeat the user's description or author.
// In anything that a machine runs, free text would be an open door.
var mayHoldText = []string{"LICENSE", "README.md", generator.LockFile}

func checkHostile(t *testing.T, f generator.File, s generator.Spec) {
	t.Helper()
	if !strings.HasPrefix(path.Join("/project", f.Path), "/project/") {
		t.Fatalf("%s leaves the project", f.Path)
	}
	if bytes.Contains(f.Data, []byte(marker)) && !slices.Contains(mayHoldText, f.Path) {
		t.Fatalf("%s repeats free text", f.Path)
	}
	switch path.Ext(f.Path) {
	case ".go":
		if _, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Data, parser.SkipObjectResolution); err != nil {
			t.Fatalf("%#v: %v", s, err)
		}
	case ".mod":
		if _, err := modfile.Parse(f.Path, f.Data, nil); err != nil {
			t.Fatalf("%#v: %v", s, err)
		}
	case ".yml", ".yaml":
		var v any
		for document := range documents(f.Data) {
			if err := yaml.Decode(document, &v); err != nil {
				t.Fatalf("%#v: %s: %v", s, f.Path, err)
			}
		}
		for _, word := range []string{s.Description, s.Author} {
			if f.Path == generator.LockFile && !holds(v, word) {
				t.Fatalf("%#v: the lock does not hold %q whole", s, word)
			}
		}
	}
}

// holds reports whether a string in the document v contains word.
func holds(v any, word string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, word)
	case []any:
		for _, e := range v {
			if holds(e, word) {
				return true
			}
		}
	case map[string]any:
		for k, e := range v {
			if strings.Contains(k, word) || holds(e, word) {
				return true
			}
		}
	}
	return false
}
