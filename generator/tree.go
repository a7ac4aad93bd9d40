package generator

import (
	"cmp"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// File is one rendered file.
type File struct {
	Path   string      // slash-separated, relative to the project's root
	Mode   fs.FileMode // 0o644, or 0o755 where its layer lists it as executable
	Data   []byte
	Layer  string // the layer that gave it; "" for the lock
	Source string // its path in the templates' file system; "" for the lock
}

// Verbatim reports whether the file's source holds the same bytes but for
// import paths, so that an edit of the one is an edit of the other.
func (f File) Verbatim() bool {
	return f.Source != "" && !isTemplate(f.Source)
}

// Tree is a rendered project in memory, ordered by path.
type Tree struct {
	files []File
}

// Files lists the files by path. The slice is the caller's; the bytes are not.
func (t *Tree) Files() []File { return slices.Clone(t.files) }

// File returns the file at path.
func (t *Tree) File(path string) (File, bool) {
	i, ok := slices.BinarySearchFunc(t.files, path, byPath)
	if !ok {
		return File{}, false
	}
	return t.files[i], true
}

// Executables lists the paths of the executable files.
func (t *Tree) Executables() []string {
	var paths []string
	for _, f := range t.files {
		if f.Mode&0o111 != 0 {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

func byPath(f File, path string) int { return cmp.Compare(f.Path, path) }

// put adds f, or puts it in place of the file with the same path.
func (t *Tree) put(f File) error {
	if f.Path == "." || !fs.ValidPath(f.Path) || !filepath.IsLocal(filepath.FromSlash(f.Path)) {
		return fmt.Errorf("%s: path leaves the project", f.Path)
	}
	i, ok := slices.BinarySearchFunc(t.files, f.Path, byPath)
	if ok {
		t.files[i] = f
	} else {
		t.files = slices.Insert(t.files, i, f)
	}
	return nil
}
