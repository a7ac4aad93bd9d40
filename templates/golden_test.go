package templates_test

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenDir = "../testdata/golden"

// TestGolden compares each combination with what is kept of it: a line `hash mode path` for
// each file, and whole files for what comes out of a template. Each template's output is kept
// once in a phase: by the first combination that uses it.
func TestGolden(t *testing.T) {
	eachGolden(t, func(id string, tree *generator.Tree, whole map[string]string) {
		t.Run(id, func(t *testing.T) {
			dir := filepath.Join(goldenDir, id)
			goldenFiles(t, dir, whole)
			goldenHashes(t, dir+".sum", tree)
		})
	})
}

// TestGoldenHasNoLeftover finds goldens of combinations that are gone.
func TestGoldenHasNoLeftover(t *testing.T) {
	known := map[string]bool{}
	eachGolden(t, func(id string, _ *generator.Tree, whole map[string]string) {
		known[id+".sum"] = true
		if len(whole) > 0 {
			known[id] = true
		}
	})
	found, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range found {
		if !known[entry.Name()] {
			t.Errorf("%s is the golden of no combination: remove it", entry.Name())
		}
	}
}

// eachGolden calls f for each combination, with those of its files that are kept whole.
func eachGolden(t *testing.T, f func(id string, tree *generator.Tree, whole map[string]string)) {
	t.Helper()
	type template struct {
		phase  int
		source string
	}
	c, kept := catalog(t), map[template]bool{}
	for _, s := range c.Combinations() {
		s.Owner, s.Author = "acme", "Sri Lestari"
		tree, whole := render(t, c, s), map[string]string{}
		for _, file := range tree.Files() {
			if from := (template{s.Phase, file.Source}); !file.Verbatim() && !kept[from] {
				kept[from] = true
				whole[file.Path] = string(file.Data)
			}
		}
		f(c.ID(s), tree, whole)
	}
}

// goldenFiles compares paths and content with a folder. There is none where no file is
// kept.
func goldenFiles(t *testing.T, dir string, got map[string]string) {
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, data := range got {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		want[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differs from %s (-golden +now); `make golden` accepts it:\n%s", dir, diff)
	}
}

// goldenHashes compares `hash mode path` lines with a file.
func goldenHashes(t *testing.T, file string, tree *generator.Tree) {
	var b strings.Builder
	for _, f := range tree.Files() {
		fmt.Fprintf(&b, "%x %s %s\n", sha256.Sum256(f.Data), f.Mode, f.Path)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; `make golden` makes it", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("differs from %s (-golden +now); `make golden` accepts it:\n%s", file, diff)
	}
}
