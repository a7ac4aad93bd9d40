package generator_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
)

// small is a catalog with one phase of two axes, as small as the rules allow.
const small = `
go: "1.26"
axes:
  - {name: domain, question: "?", values: [{name: crypto, title: c}, {name: news, title: n}]}
  - {name: framework, question: "?", values: [{name: gin, title: g, topics: [gin]}, {name: echo, title: e, topics: [echo]}]}
  - {name: lang, question: "?", values: [{name: en, title: e}, {name: id, title: i, topics: [indonesia]}]}
phases:
  - number: 1
    title: a CLI
    axes: {domain: [crypto, news], lang: [en, id]}
    layers: [base/core, "{domain}/{lang}"]
    next: [{command: make, about: builds it}]
    projects:
      crypto: {name: crypto-price, description: {en: Prices, id: Harga}, topics: [go, cli]}
      news: {name: news, description: {en: News, id: Berita}}
`

func files(kv ...string) fstest.MapFS {
	m := fstest.MapFS{"catalog.yaml": {Data: []byte(small)}}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = &fstest.MapFile{Data: []byte(kv[i+1])}
	}
	return m
}

func load(t *testing.T, fsys fs.FS) *generator.Catalog {
	t.Helper()
	c, err := generator.LoadCatalog(fsys)
	if err != nil {
		t.Fatalf("LoadCatalog() = %v", err)
	}
	return c
}

// render resolves, plans and renders s over fsys.
func render(t *testing.T, fsys fs.FS, s generator.Spec) (*generator.Tree, error) {
	t.Helper()
	c := load(t, fsys)
	s, err := c.Resolve(s)
	if err != nil {
		t.Fatalf("Resolve() = %v", err)
	}
	plan, err := c.Plan(s)
	if err != nil {
		t.Fatalf("Plan() = %v", err)
	}
	return generator.Render(fsys, c, plan, "v1.2.3")
}

func TestRenderLaysLayersOverEachOther(t *testing.T) {
	fsys := files(
		"_layers/base/core/go.mod.tmpl", "module [[ .Module ]]\n\ngo [[ .Go ]].0\n",
		"_layers/base/core/main.go", "package main\n\nimport \"example.com/app/internal/x\"\n",
		"_layers/base/core/dot_github/workflows/ci.yml", "run: ${{ matrix.os }} [[ -f x ]]\n",
		"_layers/base/core/run.sh", "#!/bin/sh\n",
		"_layers/base/core/CODEOWNERS.tmpl", "[[ with .Owner ]]* @[[ . ]][[ end ]]\n",
		"_layers/base/core/Makefile", "base\n",
		"_layers/base/core/layer.yaml", "executables: [run.sh]\n",
		"_layers/crypto/en/Makefile", "crypto\n",
		"_layers/crypto/en/layer.yaml", "replaces: [Makefile]\n",
	)
	tree, err := render(t, fsys, generator.Spec{Phase: 1, Module: "example.org/price"})
	if err != nil {
		t.Fatalf("Render() = %v", err)
	}
	got := map[string]string{}
	for _, f := range tree.Files() {
		if f.Path != generator.LockFile {
			got[f.Path] = f.Layer + " " + f.Mode.String() + " " + string(f.Data)
		}
	}
	want := map[string]string{
		"go.mod":                   "base/core -rw-r--r-- module example.org/price\n\ngo 1.26.0\n",
		"main.go":                  "base/core -rw-r--r-- package main\n\nimport \"example.org/price/internal/x\"\n",
		".github/workflows/ci.yml": "base/core -rw-r--r-- run: ${{ matrix.os }} [[ -f x ]]\n",
		"run.sh":                   "base/core -rwxr-xr-x #!/bin/sh\n",
		"Makefile":                 "crypto/en -rw-r--r-- crypto\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Render() differs (-want +got):\n%s", diff)
	}
	withOwner, err := render(t, fsys, generator.Spec{Phase: 1, Owner: "acme"})
	if err != nil {
		t.Fatalf("Render() = %v", err)
	}
	if f, ok := withOwner.File("CODEOWNERS"); !ok || string(f.Data) != "* @acme\n" {
		t.Errorf("CODEOWNERS = %q, want the owner", f.Data)
	}
}

func TestRenderRefusesUndeclared(t *testing.T) {
	tests := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"same path twice", files("_layers/base/core/a", "1", "_layers/crypto/en/a", "2"), "a comes from layer base/core already"},
		{"same path by suffix", files("_layers/base/core/a", "1", "_layers/crypto/en/a.tmpl", "2"), "a comes from layer base/core already"},
		{"replaces nothing", files("_layers/base/core/a", "1", "_layers/crypto/en/b", "2", "_layers/crypto/en/layer.yaml", "replaces: [c]"), "replaces c, which is in no layer before it"},
		{"marks nothing", files("_layers/base/core/a", "1", "_layers/base/core/layer.yaml", "executables: [b]", "_layers/crypto/en/b", "2"), "names the executable b"},
		{"unknown key", files("_layers/base/core/layer.yaml", "replace: [b]", "_layers/crypto/en/b", "2"), "field replace not found"},
		{"missing layer", files("_layers/base/core/a", "1"), "_layers/crypto/en"},
		{"unknown name", files("_layers/base/core/a.tmpl", "[[ .Framework ]]", "_layers/crypto/en/b", "2"), "can't evaluate field Framework"},
		{"environment", files("_layers/base/core/a.tmpl", `[[ env "HOME" ]]`, "_layers/crypto/en/b", "2"), `function "env" not defined`},
		{"no Go", files("_layers/base/core/a.go", `example.com/app`, "_layers/crypto/en/b", "2"), "a.go: rewrite imports"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := render(t, tt.files, generator.Spec{Phase: 1})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Render() = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestLockRendersTheSameTree(t *testing.T) {
	fsys := files("_layers/base/core/a.tmpl", "[[ .Name ]] [[ .Module ]] [[ .Owner ]] [[ .Author ]] [[ md .Description ]]\n", "_layers/news/id/b", "2")
	first, err := render(t, fsys, generator.Spec{
		Phase: 1, Choices: map[string]string{"domain": "news", "lang": "id"},
		Name: "kabar", Owner: "acme", Author: `Bu "D" # 'Sri': yes`, Description: "no",
	})
	if err != nil {
		t.Fatalf("Render() = %v", err)
	}
	f, ok := first.File(generator.LockFile)
	if !ok {
		t.Fatal("Render() gave no lock")
	}
	lock, err := load(t, fsys).ParseLock(f.Data)
	if err != nil {
		t.Fatalf("ParseLock() = %v", err)
	}
	if lock.Version != "v1.2.3" {
		t.Errorf("ParseLock().Version = %q, want v1.2.3", lock.Version)
	}
	second, err := render(t, fsys, lock.Spec)
	if err != nil {
		t.Fatalf("Render() of the lock = %v", err)
	}
	if diff := cmp.Diff(first.Files(), second.Files()); diff != "" {
		t.Errorf("the lock renders another tree (-first +second):\n%s", diff)
	}
}

func TestPlanNamesLayersInOrder(t *testing.T) {
	c := load(t, files())
	plan, err := c.Plan(generator.Spec{Phase: 1, Choices: map[string]string{"domain": "news", "lang": "en"}})
	if err != nil {
		t.Fatalf("Plan() = %v", err)
	}
	if diff := cmp.Diff([]string{"base/core", "news/en"}, plan.Layers); diff != "" {
		t.Errorf("Plan().Layers differ (-want +got):\n%s", diff)
	}
	if _, err := c.Plan(generator.Spec{Phase: 1}); err == nil {
		t.Error("Plan() without choices = nil, want an error")
	}
}

func TestLoadCatalogRefusesHoles(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"language version", `go: "1.26"`, `go: latest`, "not a language version"},
		{"unknown key", "title: a CLI", "titel: a CLI", "field titel not found"},
		{"phase out of order", "number: 1", "number: 2", "phase 2 stands at place 1"},
		{"unknown axis", "lang: [en, id]", "lang: [en, id], size: [s]", `unknown axis "size"`},
		{"unknown value", "lang: [en, id]", "lang: [en, fr]", `unknown value "fr"`},
		{"no value", "lang: [en, id]", "lang: []", "axis lang has no value"},
		{"value twice", "lang: [en, id]", "lang: [en, en]", `value "en" of axis lang stands twice`},
		{"layer of another axis", "[base/core, ", "[base/core, \"x/{framework}\", ", "layer x/{framework}: the phase has no axis framework"},
		{"layer without a family", "[base/core, ", "[base, ", "layer base: want FAMILY/PART"},
		{"next command without a text", ", about: builds it", "", "next: step 1 needs a command and an about"},
		{"no domain", "domain: [crypto, news], ", "", "axis domain is missing"},
		{"no project", "      news: {name: news, description: {en: News, id: Berita}}\n", "", "domain news has no entry under projects"},
		{"no default name", "name: crypto-price", "name: ''", "project of crypto"},
		{"no text in a language", ", id: Berita", "", "project of news in id"},
		{"topic in upper case", "topics: [go, cli]", "topics: [Go, cli]", `phase1-crypto-en: topic "Go"`},
		{"topic with a blank", "topics: [go, cli]", "topics: [command line]", `topic "command line"`},
		{"topic too long", "topics: [go, cli]", "topics: [" + strings.Repeat("x", 51) + "]", "at most 50"},
		{"topic twice by a choice", "topics: [go, cli]", "topics: [go, indonesia]", "phase1-crypto-id: topic indonesia stands twice"},
		{"too many topics", "topics: [go, cli]", "topics: [a, b, c, d, e, f, g, h, i, j]", "phase1-crypto-id: 11 topics"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatalf("%q is not in the catalog", tt.old)
			}
			_, err := generator.LoadCatalog(fstest.MapFS{"catalog.yaml": {Data: []byte(text)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("LoadCatalog() = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	c := load(t, files())
	tests := []struct {
		name    string
		phase   int
		choices map[string]string
		want    []string
	}{
		{"of the project alone", 1, map[string]string{"domain": "crypto", "lang": "en"}, []string{"go", "cli"}},
		{"and of a choice", 1, map[string]string{"domain": "crypto", "lang": "id"}, []string{"go", "cli", "indonesia"}},
		{"of a choice alone", 1, map[string]string{"domain": "news", "lang": "id"}, []string{"indonesia"}},
		{"not of a choice that the phase has not", 1, map[string]string{"domain": "crypto", "framework": "gin"}, []string{"go", "cli"}},
		{"none", 1, map[string]string{"domain": "news", "lang": "en"}, nil},
		{"no such phase", 7, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Topics(generator.Spec{Phase: tt.phase, Choices: tt.choices})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Topics() differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCombinationsAreAllDifferent(t *testing.T) {
	c := load(t, files())
	var ids []string
	for _, s := range c.Combinations() {
		ids = append(ids, c.ID(s))
	}
	want := []string{"phase1-crypto-en", "phase1-crypto-id", "phase1-news-en", "phase1-news-id"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("Combinations() differ (-want +got):\n%s", diff)
	}
}

func TestResolveFillsBlanks(t *testing.T) {
	c := load(t, files())
	base := generator.Spec{
		Phase: 1, Choices: map[string]string{"domain": "crypto", "lang": "en"},
		Name: "crypto-price", Module: "crypto-price", Description: "Prices", Author: "The crypto-price authors",
	}
	tests := []struct {
		name string
		give generator.Spec
		want func(s *generator.Spec)
	}{
		{"nothing but a phase", generator.Spec{Phase: 1}, func(*generator.Spec) {}},
		{"owner", generator.Spec{Phase: 1, Owner: "acme"}, func(s *generator.Spec) {
			s.Owner, s.Module, s.Author = "acme", "github.com/acme/crypto-price", "acme"
		}},
		{"owner from module", generator.Spec{Phase: 1, Module: "github.com/acme/x"}, func(s *generator.Spec) {
			s.Owner, s.Module, s.Author = "acme", "github.com/acme/x", "acme"
		}},
		{"other language", generator.Spec{Phase: 1, Choices: map[string]string{"lang": "id"}}, func(s *generator.Spec) {
			s.Choices, s.Description = map[string]string{"domain": "crypto", "lang": "id"}, "Harga"
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := base
			tt.want(&want)
			got, err := c.Resolve(tt.give)
			if err != nil {
				t.Fatalf("Resolve() = %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Resolve() differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	c := load(t, files())
	long := strings.Repeat("a", 64)
	choice := func(axis, value string) generator.Spec {
		return generator.Spec{Phase: 1, Choices: map[string]string{axis: value}}
	}
	tests := []struct {
		name               string
		give               generator.Spec
		field, says, hints string
	}{
		{"phase", generator.Spec{Phase: 9}, "phase", "no phase 9", "1 (a CLI)"},
		{"axis of another phase", choice("framework", "gin"), "framework", "phase 1 has no choice of framework", "domain (crypto, news), lang (en, id)"},
		{"misspelt value", choice("domain", "cripto"), "domain", `no domain "cripto"`, "did you mean crypto? valid: crypto, news"},
		{"far value", choice("domain", "weather"), "domain", `no domain "weather"`, "valid: crypto, news"},
		{"upper case", generator.Spec{Phase: 1, Name: "Shop Prices"}, "name", "lower-case", "shop-prices"},
		{"parent", generator.Spec{Phase: 1, Name: ".."}, "name", "lower-case", ""},
		{"separator", generator.Spec{Phase: 1, Name: "a/b"}, "name", "lower-case", "a-b"},
		{"flag", generator.Spec{Phase: 1, Name: "-rf"}, "name", "lower-case", "rf"},
		{"new line", generator.Spec{Phase: 1, Name: "a\nb"}, "name", `"a\nb"`, "a-b"},
		{"too long", generator.Spec{Phase: 1, Name: long}, "name", "longer than 63", long[:63]},
		{"device", generator.Spec{Phase: 1, Name: "con"}, "name", "reserved on Windows", ""},
		{"owner", generator.Spec{Phase: 1, Owner: "a b"}, "owner", "not a name", ""},
		{"owner with a flag", generator.Spec{Phase: 1, Owner: "--x"}, "owner", "not a name", ""},
		{"module of vendored code", generator.Spec{Phase: 1, Module: "github.com/acme/vendor/x"}, "module", "does not import", ""},
		{"module below home", generator.Spec{Phase: 1, Module: "~x"}, "module", "does not import", ""},
		{"module of C", generator.Spec{Phase: 1, Module: "C"}, "module", "belongs to Go itself", ""},
		{"module that is the layers'", generator.Spec{Phase: 1, Module: "example.com/app/v2"}, "module", "stands for any other", ""},
		{"module with a scheme", generator.Spec{Phase: 1, Module: "https://github.com/a/b"}, "module", "module", "github.com/acme/crypto-price"},
		{"module above", generator.Spec{Phase: 1, Module: "../x"}, "module", "module", ""},
		{"module with a quote", generator.Spec{Phase: 1, Module: `a.b/"c`}, "module", "invalid char", ""},
		{"module of Go", generator.Spec{Phase: 1, Module: "net"}, "module", "belongs to Go itself", ""},
		{"module below Go", generator.Spec{Phase: 1, Module: "net/prices"}, "module", "belongs to Go itself", ""},
		{"name of Go", generator.Spec{Phase: 1, Name: "testing"}, "module", "belongs to Go itself", ""},
		{"two lines", generator.Spec{Phase: 1, Description: "a\nb"}, "description", "control character U+000A", ""},
		{"terminal escape", generator.Spec{Phase: 1, Author: "a\x1b[2J"}, "author", "control character U+001B", ""},
		{"direction mark", generator.Spec{Phase: 1, Author: "a\u202eb"}, "author", "U+202E", ""},
		{"expression", generator.Spec{Phase: 1, Description: "${{ secrets.X }}"}, "description", "double braces", ""},
		{"broken text", generator.Spec{Phase: 1, Author: "a\xff"}, "author", "not UTF-8", ""},
		{"blank", generator.Spec{Phase: 1, Author: " "}, "author", "empty", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Resolve(tt.give)
			var got *generator.Error
			if !errors.As(err, &got) {
				t.Fatalf("Resolve() = %v, want an *Error", err)
			}
			if got.Field != tt.field || !strings.Contains(got.Message, tt.says) || !strings.Contains(got.Hint, tt.hints) {
				t.Errorf("Resolve() = %s: %s (hint: %s), want %s: …%s… (hint: …%s…)",
					got.Field, got.Message, got.Hint, tt.field, tt.says, tt.hints)
			}
		})
	}
}

func TestNameOf(t *testing.T) {
	for module, want := range map[string]string{
		"github.com/acme/shop":     "shop",
		"github.com/acme/shop/v2":  "shop",
		"gopkg.in/shop.v3":         "shop",
		"shop":                     "shop",
		"example.com/acme/my.shop": "my.shop",
	} {
		if got := generator.NameOf(module); got != want {
			t.Errorf("NameOf(%q) = %q, want %q", module, got, want)
		}
	}
}

func TestRepository(t *testing.T) {
	tests := []struct {
		name string
		spec generator.Spec
		want string
	}{
		{"module", generator.Spec{Name: "tool", Owner: "team", Module: "github.com/acme/shop"}, "acme/shop"},
		{"major version", generator.Spec{Name: "tool", Module: "github.com/acme/shop/v2"}, "acme/shop"},
		{"folder of a repository", generator.Spec{Name: "tool", Module: "github.com/acme/mono/cli"}, "acme/mono"},
		{"module elsewhere", generator.Spec{Name: "tool", Owner: "acme", Module: "example.org/x"}, "acme/tool"},
		{"nobody", generator.Spec{Name: "tool", Module: "tool"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.spec.Repository(); got != tt.want {
				t.Errorf("Repository() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"phase", "lang", "gin", "echo"}
	for word, want := range map[string]string{
		"pahse": "phase", "language": "lang", "ech": "echo", "GIN": "gin", "ph": "", "weather": "", "": "",
	} {
		if got := generator.Nearest(word, candidates); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
