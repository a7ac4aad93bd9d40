package generator

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func sampleTree(t *testing.T) *Tree {
	t.Helper()
	tree := &Tree{}
	for _, f := range []File{
		{Path: "README.md", Mode: 0o644, Data: []byte("hello\n")},
		{Path: ".github/workflows/ci.yml", Mode: 0o644, Data: []byte("on: push\n")},
		{Path: "internal/a/a.go", Mode: 0o644, Data: []byte("package a\n")},
		{Path: "run.sh", Mode: 0o755, Data: []byte("#!/bin/sh\n")},
	} {
		if err := tree.put(f); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

// list names everything below dir.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		if p != dir {
			rel, _ := filepath.Rel(dir, p)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var wholeTree = []string{
	".github", ".github/workflows", ".github/workflows/ci.yml", "README.md",
	"internal", "internal/a", "internal/a/a.go", "run.sh",
}

func TestWrite(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, root string)
	}{
		{"new folder", func(*testing.T, string) {}},
		{"empty folder", func(t *testing.T, root string) {
			if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o700); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			tt.prepare(t, root)
			dir := filepath.Join(root, "a", "b")
			if err := sampleTree(t).Write(t.Context(), dir); err != nil {
				t.Fatalf("Write() = %v", err)
			}
			if got := list(t, dir); !slices.Equal(got, wholeTree) {
				t.Errorf("Write() left %q, want %q", got, wholeTree)
			}
			if got := list(t, root)[:2]; !slices.Equal(got, []string{"a", "a/b"}) {
				t.Errorf("beside the project stands %q", got)
			}
			info, err := os.Stat(filepath.Join(dir, "run.sh"))
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode()&0o100 == 0 {
				t.Errorf("run.sh has mode %v, want executable", info.Mode())
			}
		})
	}
}

func TestWriteRefusesWhatIsThere(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(dir string) error
		want    string
	}{
		{"a file", func(dir string) error { return os.WriteFile(dir, []byte("mine"), 0o600) }, "is no folder"},
		{"a full folder", func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, ".hidden"), []byte("mine"), 0o600))
		}, "it holds .hidden"},
		{"a link to nowhere", func(dir string) error { return os.Symlink(dir+"-gone", dir) }, "is no folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "p")
			if err := tt.prepare(dir); err != nil {
				t.Fatal(err)
			}
			before := list(t, root)
			err := sampleTree(t).Write(t.Context(), dir)
			var target *Error
			if !errors.As(err, &target) || target.Hint == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Write() = %v, want an *Error with a hint and %q", err, tt.want)
			}
			if after := list(t, root); !slices.Equal(before, after) {
				t.Errorf("Write() left %q, want %q", after, before)
			}
		})
	}
}

// flakyDisk fails at its nth step, and half-way through it where that is
// possible. With cancel set it ends the context instead of failing.
type flakyDisk struct {
	realDisk
	failAt, step int
	cancel       context.CancelFunc
}

var errDisk = errors.New("no space left on device")

func (d *flakyDisk) fails() bool {
	d.step++
	if d.step != d.failAt {
		return false
	}
	if d.cancel != nil {
		d.cancel()
		return false
	}
	return true
}

func (d *flakyDisk) Mkdir(path string) error {
	if d.fails() {
		return errDisk
	}
	return d.realDisk.Mkdir(path)
}

func (d *flakyDisk) WriteFile(path string, data []byte, mode fs.FileMode) error {
	if d.fails() {
		return errors.Join(errDisk, d.realDisk.WriteFile(path, data[:len(data)/2], mode))
	}
	return d.realDisk.WriteFile(path, data, mode)
}

func (d *flakyDisk) Rename(from, to string) error {
	if d.fails() {
		return errDisk
	}
	return d.realDisk.Rename(from, to)
}

// TestWriteLeavesNothingBehind makes each step of writing fail in turn, and
// then ends the context at each step in turn.
func TestWriteLeavesNothingBehind(t *testing.T) {
	for _, exists := range []bool{false, true} {
		for _, interrupt := range []bool{false, true} {
			steps := 0
			for failAt := 1; ; failAt++ {
				root := t.TempDir()
				dir := filepath.Join(root, "above", "p")
				if exists {
					if err := os.MkdirAll(dir, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				before := list(t, root)
				ctx, cancel := context.WithCancel(t.Context())
				d := &flakyDisk{failAt: failAt}
				if interrupt {
					d.cancel = cancel
				}
				err := sampleTree(t).write(ctx, dir, d)
				cancel()
				if d.step < failAt {
					break // every step has had its turn
				}
				steps++
				if interrupt && err == nil {
					continue // it was the last step, and there was nothing left to stop
				}
				if !errors.Is(err, errDisk) && !errors.Is(err, context.Canceled) {
					t.Fatalf("step %d: Write() = %v, want the disk's error or an interruption", failAt, err)
				}
				if after := list(t, root); !slices.Equal(before, after) {
					t.Errorf("step %d (exists %t, interrupt %t) left %q, want %q", failAt, exists, interrupt, after, before)
				}
			}
			if steps < 9 {
				t.Errorf("only %d steps were made to fail", steps)
			}
		}
	}
}

func TestPutRefusesPathsThatLeaveTheProject(t *testing.T) {
	for _, p := range []string{"../x", "/x", "a/../../x", "", "."} {
		if err := (&Tree{}).put(File{Path: p}); err == nil {
			t.Errorf("put(%q) = nil, want an error", p)
		}
	}
}

// TestWriteSparesWhatOthersMake lets somebody use the folder above while writing
// to it fails.
func TestWriteSparesWhatOthersMake(t *testing.T) {
	root := t.TempDir()
	theirs := filepath.Join(root, "cohort", "theirs.txt")
	d := &busyDisk{during: func() error { return os.WriteFile(theirs, []byte("thesis"), 0o600) }}
	if err := sampleTree(t).write(t.Context(), filepath.Join(root, "cohort", "mine"), d); !errors.Is(err, errDisk) {
		t.Fatalf("write() = %v, want the disk's error", err)
	}
	if got := list(t, root); !slices.Equal(got, []string{"cohort", "cohort/theirs.txt"}) {
		t.Errorf("write() left %q, want what others made and nothing else", got)
	}
}

// busyDisk fails at its first file, and lets somebody else act before.
type busyDisk struct {
	realDisk
	during func() error
}

func (d *busyDisk) WriteFile(string, []byte, fs.FileMode) error {
	return errors.Join(errDisk, d.during())
}

// TestWriteBesideOthers writes a cohort at once below a folder that is not there.
func TestWriteBesideOthers(t *testing.T) {
	const projects, rounds = 8, 20
	for range rounds {
		root := filepath.Join(t.TempDir(), "a", "b")
		done := make(chan error, projects)
		for i := range projects {
			go func() { done <- sampleTree(t).Write(t.Context(), filepath.Join(root, string(rune('p'+i)))) }()
		}
		for range projects {
			if err := <-done; err != nil {
				t.Errorf("Write() = %v", err)
			}
		}
		for i := range projects {
			if got := list(t, filepath.Join(root, string(rune('p'+i)))); !slices.Equal(got, wholeTree) {
				t.Errorf("Write() left %q, want %q", got, wholeTree)
			}
		}
	}
}
