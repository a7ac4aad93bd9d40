package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
)

func newPullCmd() *cobra.Command {
	var from, layer string
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "Carry the edits made at play back into the layers",
		Long: "Carry the edits made at play back into the layers that the files came from.\n" +
			"A file that a template was rendered to is named, for its template to be edited by hand;\n" +
			"so is one whose layer has changed since. New files go to --layer.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return pullAll(cmd, from, layer) },
	}
	cmd.Flags().StringVar(&from, "from", "play", "folder with the projects")
	cmd.Flags().StringVar(&layer, "layer", "", "layer for new files")
	return cmd
}

func pullAll(cmd *cobra.Command, from, layer string) error {
	manifests, err := filepath.Glob(filepath.Join(from, "*"+manifestSuffix))
	if err != nil {
		return err
	}
	if len(manifests) == 0 {
		return fmt.Errorf("nothing is at play in %s: `make play PHASE=1` first", from)
	}
	left := 0
	for _, file := range manifests {
		b := &bench{dir: strings.TrimSuffix(file, manifestSuffix)}
		m, err := b.loadManifest()
		if err != nil {
			return err
		}
		opened, err := openBench(m.Spec, from)
		if err != nil {
			return err
		}
		n, err := opened.pull(cmd, m, layer)
		if err != nil {
			return err
		}
		left += n
	}
	if left > 0 {
		return fmt.Errorf("%d edited files are left to be carried over by hand", left)
	}
	return nil
}

// pull carries one combination's edits over and returns how many it had to
// leave. The manifest then stands for what the layers hold.
func (b *bench) pull(cmd *cobra.Command, m manifest, layer string) (left int, err error) {
	edits, err := b.edits()
	if err != nil {
		return 0, err
	}
	found, err := b.files()
	if err != nil {
		return 0, err
	}
	tree, err := b.render()
	if err != nil {
		return 0, err
	}
	for _, p := range edits {
		data, there := found[p]
		f, rendered := tree.File(p)
		if rendered && there && bytes.Equal(f.Data, data) {
			m.Hashes[p] = hash(data) // the layer was edited the same way by hand
			continue
		}
		target, problem := b.destination(f, rendered, there, m.Hashes[p], p, layer)
		if problem != "" {
			say(cmd, "left   %s: %s", p, problem)
			left++
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return left, err
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return left, err
		}
		m.Hashes[p] = hash(data)
		say(cmd, "pulled %s -> %s", p, target)
	}
	return left, b.saveManifest(m)
}

// destination returns the file in the layers that the edit of path belongs in,
// or the problem that a person has to solve.
func (b *bench) destination(f generator.File, rendered, there bool, base, path, layer string) (target, problem string) {
	switch {
	case !there:
		return "", "removed here; remove it from its layer by hand"
	case !rendered && layer == "":
		return "", "new; name its layer with LAYER=…"
	case !rendered:
		return filepath.Join(templatesDir, "_layers", layer, filepath.FromSlash(sourcePath(path))), ""
	case f.Source == "":
		return "", "written by the engine, not by a layer"
	case !f.Verbatim():
		return "", "edit " + filepath.Join(templatesDir, filepath.FromSlash(f.Source))
	case hash(f.Data) != base:
		return "", "its layer has changed since; compare it with " + filepath.Join(templatesDir, filepath.FromSlash(f.Source))
	default:
		return filepath.Join(templatesDir, filepath.FromSlash(f.Source)), ""
	}
}

// sourcePath is how a layer stores a path: dotfiles as dot_NAME.
func sourcePath(p string) string {
	elements := strings.Split(p, "/")
	for i, e := range elements {
		if name, ok := strings.CutPrefix(e, "."); ok {
			elements[i] = "dot_" + name
		}
	}
	return path.Join(elements...)
}
