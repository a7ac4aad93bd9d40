package templates_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenDir = "../testdata/golden"

// flagships are kept as whole trees, to be read in reviews; of the others a
// hash of each file shows what a change touches.
var flagships = map[string]bool{"phase1-crypto-en": true, "phase2-reservation-gin-en": true, "phase3-reservation-gin-redis-en": true}

func TestGolden(t *testing.T) {
	c := catalog(t)
	if *update {
		if err := os.MkdirAll(goldenDir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range c.Combinations() {
		id := c.ID(s)
		t.Run(id, func(t *testing.T) {
			s.Owner, s.Author = "acme", "Sri Lestari"
			tree := render(t, c, s)
			if flagships[id] {
				goldenTree(t, filepath.Join(goldenDir, id), tree)
			} else {
				goldenHashes(t, filepath.Join(goldenDir, id+".sum"), tree)
			}
		})
	}
}

// TestGoldenHasNoLeftover finds goldens of combinations that are gone.
func TestGoldenHasNoLeftover(t *testing.T) {
	known := map[string]bool{}
	c := catalog(t)
	for _, s := range c.Combinations() {
		id := c.ID(s)
		if !flagships[id] {
			id += ".sum"
		}
		known[id] = true
	}
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

// goldenTree compares paths, modes and content with a folder.
func goldenTree(t *testing.T, dir string, tree *generator.Tree) {
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := tree.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
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
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		want[filepath.ToSlash(rel)] = content(data, info.Mode()&0o100 != 0)
		return err
	})
	if err != nil {
		t.Fatalf("%v; `make golden` makes it", err)
	}
	got := map[string]string{}
	for _, f := range tree.Files() {
		got[f.Path] = content(f.Data, f.Mode&0o100 != 0)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differs from %s (-golden +now); `make golden` accepts it:\n%s", dir, diff)
	}
}

// content marks executables, where the file system can.
func content(data []byte, executable bool) string {
	if executable && runtime.GOOS != "windows" {
		return "executable\n" + string(data)
	}
	return string(data)
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
