package cli

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/shell"
	"github.com/phasekit/scaffold/internal/ui"
)

// result is what `scaffold new --json` prints.
type result struct {
	Version     string            `json:"version"`
	Dir         string            `json:"dir"` // as given or derived, relative to the working folder
	Phase       int               `json:"phase"`
	Choices     map[string]string `json:"choices"`
	Name        string            `json:"name"`
	Module      string            `json:"module"`
	Owner       string            `json:"owner"`
	Description string            `json:"description"`
	Author      string            `json:"author"`
	Layers      []string          `json:"layers"`
	Files       []resultFile      `json:"files"`
	Git         gitResult         `json:"git"`
	Verified    bool              `json:"verified"` // build and tests were run and passed
	Publish     *publishResult    `json:"publish,omitempty"`
	Next        []generator.Step  `json:"next"`
}

type resultFile struct {
	Path       string `json:"path"`
	Size       int    `json:"size"` // bytes
	Executable bool   `json:"executable"`
	Layer      string `json:"layer"` // "" for the lock
}

// gitResult says how far the project was taken into git.
type gitResult struct {
	State  gitrepo.Extent `json:"state"`
	Commit string         `json:"commit,omitempty"` // full hash
}

func newResult(version, dir string, c *generator.Catalog, plan generator.Plan, tree *generator.Tree) *result {
	s := plan.Spec
	phase, _ := c.Phase(s.Phase) // Resolve has accepted it
	r := &result{
		Version: version, Dir: dir, Phase: s.Phase, Choices: s.Choices,
		Name: s.Name, Module: s.Module, Owner: s.Owner, Description: s.Description, Author: s.Author,
		Layers: plan.Layers, Git: gitResult{State: gitrepo.NoRepository},
	}
	for _, f := range tree.Files() {
		r.Files = append(r.Files, resultFile{Path: f.Path, Size: len(f.Data), Executable: f.Mode&0o111 != 0, Layer: f.Layer})
	}
	if clean := filepath.Clean(dir); clean != "." {
		r.Next = append(r.Next, generator.Step{Command: "cd " + shell.Quote(clean)})
	}
	r.Next = append(r.Next, phase.Next...)
	return r
}

func (r *result) print(s *ui.Streams, asJSON bool) error {
	if asJSON {
		return writeJSON(s.Out, r)
	}
	state := ""
	switch r.Git.State {
	case gitrepo.NoRepository:
	case gitrepo.Committed:
		state = ", one commit on main"
	case gitrepo.Staged:
		state = ", staged and not yet committed"
	}
	if r.Verified {
		state += ", built and tested"
	}
	_, err := fmt.Fprintf(s.Out, "%s is ready in %s: %s%s\n\nNext:\n%s",
		r.Name, r.Dir, count(len(r.Files), "file"), state, stepLines(r.Next))
	return err
}

// stepLines returns a line for each step, which can be copied into a shell: what
// follows the command is a comment. Comments stand below each other.
func stepLines(steps []generator.Step) string {
	width := 0
	for _, step := range steps {
		if step.About != "" {
			width = max(width, len(step.Command))
		}
	}
	var b strings.Builder
	for _, step := range steps {
		if step.About == "" {
			fmt.Fprintf(&b, "  %s\n", step.Command)
			continue
		}
		fmt.Fprintf(&b, "  %-*s  # %s\n", width, step.Command, step.About)
	}
	return b.String()
}

func (r *result) printDryRun(s *ui.Streams, asJSON bool) error {
	if asJSON {
		return writeJSON(s.Out, r)
	}
	total := 0
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, f := range r.Files {
		total += f.Size
		layer := f.Layer
		if layer == "" {
			layer = "(lock)"
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%d\n", f.Path, layer, f.Size); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.Out, "\n%s, %d bytes, would be written to %s\n", count(len(r.Files), "file"), total, r.Dir)
	return err
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// pad makes the first column of a summary.
func pad(key string) string { return fmt.Sprintf("%-9s", key) }
