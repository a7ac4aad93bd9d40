package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// taken is the error for a folder that cannot take a new project because
// something is there already.
func taken(format string, args ...any) error {
	return Errorf("choose another folder: scaffold new DIR", format, args...)
}

// contents lists the first names in a folder that is not empty.
func contents(entries []fs.DirEntry) string {
	const most = 5
	var shown []string
	for _, e := range entries[:min(most, len(entries))] {
		name := e.Name()
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
			name = quoted(name) // a terminal would obey it
		}
		shown = append(shown, name)
	}
	list := strings.Join(shown, ", ")
	if len(entries) > most {
		list += fmt.Sprintf(" and %d more", len(entries)-most)
	}
	return list
}

// CheckTarget reports whether a project can be written to dir: nothing may be
// there, or an empty folder. Otherwise the error is an *Error.
func CheckTarget(dir string) error {
	_, err := inspectTarget(dir)
	return err
}

func inspectTarget(dir string) (exists bool, err error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(dir); err == nil {
			return false, taken("%s is there already, and is no folder", dir) // a link that leads nowhere
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.IsDir() {
		return false, taken("%s is there already, and is no folder", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return true, nil
	}
	return false, taken("%s is not empty: it holds %s", dir, contents(entries))
}

// Write writes the tree to dir, which must not exist or be empty. Files go to
// a temporary folder beside dir (inside it, where dir exists: it may be a mount
// or somebody's working directory) and are renamed into place when all of them
// are there. On an error, or when ctx ends, everything that Write made is gone
// again, folders above dir included, unless somebody uses those by then.
func (t *Tree) Write(ctx context.Context, dir string) error {
	return t.write(ctx, dir, realDisk{})
}

// disk is what writing does to the file system, so that tests can make each
// step fail.
type disk interface {
	Mkdir(path string) error
	WriteFile(path string, data []byte, mode fs.FileMode) error
	Rename(from, to string) error
}

type realDisk struct{}

func (realDisk) Mkdir(path string) error      { return os.Mkdir(path, 0o777) } // less the umask
func (realDisk) Rename(from, to string) error { return os.Rename(from, to) }

func (realDisk) WriteFile(path string, data []byte, mode fs.FileMode) error {
	// The umask takes away what the user does not want to grant.
	perm := fs.FileMode(0o666)
	if mode&0o111 != 0 {
		perm = 0o777
	}
	return os.WriteFile(path, data, perm)
}

func (t *Tree) write(ctx context.Context, dir string, d disk) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	exists, err := inspectTarget(dir)
	if err != nil {
		return err
	}
	var made undo
	defer func() {
		if err != nil {
			err = errors.Join(err, made.undo())
		}
	}()

	home := filepath.Dir(dir)
	if exists {
		home = dir
	}
	suffix := rand.Uint32() //nolint:gosec // it need not be secret: a name that is taken is refused
	stage := filepath.Join(home, fmt.Sprintf(".%s.%08x.tmp", filepath.Base(dir), suffix))
	made.parents, err = mkdirs(d, stage)
	if err == nil && !slices.Contains(made.parents, stage) {
		err = fmt.Errorf("%s: %w", stage, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	made.ours = []string{stage}
	if err := t.fill(ctx, stage, d); err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	if !exists {
		if err := d.Rename(stage, dir); err != nil {
			return fmt.Errorf("write %s: %w", dir, err)
		}
		return nil
	}
	moved, err := moveInto(stage, dir, d)
	made.ours = append(made.ours, moved...)
	if err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	return os.Remove(stage)
}

// undo is what is to be gone again when something fails.
type undo struct {
	ours    []string // the stage, and what was moved out of it: nobody else's
	parents []string // folders above, which others may have come to use meanwhile
}

// undo removes what is ours, whatever it holds, and of the parents those that
// are empty.
func (u undo) undo() error {
	var errs []error
	for _, path := range slices.Backward(u.ours) {
		errs = append(errs, os.RemoveAll(path))
	}
	for _, path := range slices.Backward(u.parents) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			break // somebody uses it, and with it those above
		}
	}
	return errors.Join(errs...)
}

// mkdirs makes dir and the folders above it that are missing, and returns
// those that it made. Another process may make the same ones at the same time,
// and may take away again what it made, so that this is tried a few times.
func mkdirs(d disk, dir string) (made []string, err error) {
	const tries = 10
	for range tries {
		err = nil
		var missing []string
		for p := dir; ; p = filepath.Dir(p) {
			if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
				break
			}
			missing = append(missing, p)
		}
		for _, path := range slices.Backward(missing) {
			if err = d.Mkdir(path); err != nil {
				break
			}
			made = append(made, path)
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
			return made, err
		}
	}
	return made, err
}

// fill writes the files below stage. It looks at ctx before each of them.
func (t *Tree) fill(ctx context.Context, stage string, d disk) error {
	known := map[string]bool{".": true}
	var mkdir func(rel string) error
	mkdir = func(rel string) error {
		if known[rel] {
			return nil
		}
		if err := mkdir(filepath.Dir(rel)); err != nil {
			return err
		}
		known[rel] = true
		return d.Mkdir(filepath.Join(stage, rel))
	}
	for _, f := range t.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		rel := filepath.FromSlash(f.Path)
		if err := mkdir(filepath.Dir(rel)); err != nil {
			return err
		}
		if err := d.WriteFile(filepath.Join(stage, rel), f.Data, f.Mode); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// moveInto renames each entry of stage into dir, which nobody else may have
// filled meanwhile, and returns what stands in dir because of it.
func moveInto(stage, dir string, d disk) (moved []string, err error) {
	entries, err := os.ReadDir(stage)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		to := filepath.Join(dir, e.Name())
		if _, err := os.Lstat(to); err == nil {
			return moved, fmt.Errorf("%s appeared meanwhile: %w", to, fs.ErrExist)
		}
		if err := d.Rename(filepath.Join(stage, e.Name()), to); err != nil {
			return moved, err
		}
		moved = append(moved, to)
	}
	return moved, nil
}
