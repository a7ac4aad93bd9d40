package templates_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/generator"
)

// A student advances from phase 2 to phase 3 by a merge, in which each line of phase 2
// that phase 3 replaces or deletes can conflict with an edit. These are the limits for
// each combination.
const (
	maxAdvanceFiles = 18  // of phase 2 that phase 3 changes
	maxAdvanceLines = 120 // of phase 2 that phase 3 replaces or deletes
)

const advanceGolden = "../testdata/advance.golden"

// mergedByMeaning are the files that an advance does not merge line by line.
var mergedByMeaning = []string{"go.mod", "go.sum", generator.LockFile}

// TestAdvanceSurface counts, for each file of phase 2, the lines that phase 3 replaces or
// deletes. The numbers may only shrink: -update does not accept a larger one.
func TestAdvanceSurface(t *testing.T) {
	var table strings.Builder
	measured := map[string]int{} // lines by combination and file
	eachOfPhase3(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		now, before := phase3(t, c, s)
		surface := replacedLines(t, before, now)
		files := make([]string, 0, len(surface))
		lines := 0
		for file, n := range surface {
			files = append(files, file)
			lines += n
			measured[c.ID(s)+" "+file] = n
		}
		slices.SortFunc(files, func(a, b string) int {
			return cmp.Or(cmp.Compare(surface[b], surface[a]), strings.Compare(a, b))
		})
		fmt.Fprintf(&table, "%s: %d files, %d lines\n", c.ID(s), len(files), lines)
		for _, file := range files {
			fmt.Fprintf(&table, "%4d %s\n", surface[file], file)
		}
		if len(files) > maxAdvanceFiles || lines > maxAdvanceLines {
			t.Errorf("phase 3 changes %d files and %d lines of phase 2, want at most %d and %d",
				len(files), lines, maxAdvanceFiles, maxAdvanceLines)
		}
	})
	t.Logf("lines of phase 2 that phase 3 replaces or deletes:\n%s", &table)

	golden, err := os.ReadFile(advanceGolden)
	if err != nil {
		t.Fatal(err)
	}
	allowed := parseAdvanceGolden(t, string(golden))
	grown := false
	for key, n := range measured {
		if was, known := allowed[key]; !known || n > was {
			t.Errorf("%s: %d lines, want at most %d; add a file instead of replacing lines, or edit %s by hand", key, n, was, advanceGolden)
			grown = true
		}
	}
	switch {
	case grown || string(golden) == table.String():
	case *update:
		if err := os.WriteFile(advanceGolden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s allows more than is needed; `make golden` takes the smaller numbers", advanceGolden)
	}
}

// parseAdvanceGolden reads the lines by combination and file.
func parseAdvanceGolden(t *testing.T, golden string) map[string]int {
	t.Helper()
	allowed := map[string]int{}
	combination := ""
	for line := range strings.Lines(golden) {
		head, _, isHead := strings.Cut(line, ": ")
		if isHead {
			combination = head
			continue
		}
		var n int
		var file string
		if _, err := fmt.Sscanf(line, "%d %s", &n, &file); err != nil {
			t.Fatalf("%s: line %q: %v", advanceGolden, line, err)
		}
		allowed[combination+" "+file] = n
	}
	return allowed
}

// replacedLines returns, for each file that differs or is gone, how many of its lines are
// replaced or deleted, as git counts them.
func replacedLines(t *testing.T, before, now *generator.Tree) map[string]int {
	t.Helper()
	replaced := map[string]int{}
	for _, old := range before.Files() {
		current, there := now.File(old.Path)
		switch {
		case slices.Contains(mergedByMeaning, old.Path), there && bytes.Equal(old.Data, current.Data):
		case !there:
			replaced[old.Path] = bytes.Count(old.Data, []byte("\n"))
		default:
			replaced[old.Path] = deletedLines(t, old.Data, current.Data)
		}
	}
	return replaced
}

// deletedLines returns the number of lines of before that `git diff` shows as deleted.
func deletedLines(t *testing.T, before, after []byte) int {
	t.Helper()
	dir := t.TempDir()
	one, other := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	if err := errors.Join(os.WriteFile(one, before, 0o600), os.WriteFile(other, after, 0o600)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "git", "diff", "--no-index", "--histogram", "--numstat", one, other).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 { // 1: they differ
		t.Fatalf("git diff: %v", err)
	}
	fields := strings.Fields(string(out))
	if len(fields) < 2 {
		t.Fatalf("git diff printed %q", out)
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatalf("git diff printed %q: %v", out, err)
	}
	return n
}
