package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
)

func newDepsCmd() *cobra.Command {
	var upgrade bool
	cmd := &cobra.Command{
		Use:   "deps",
		Short: "Tidy every combination's go.mod and go.sum, and write them back to the layers",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return deps(cmd, upgrade) },
	}
	cmd.Flags().BoolVar(&upgrade, "upgrade", false, "take the newest minor versions first")
	return cmd
}

func deps(cmd *cobra.Command, upgrade bool) error {
	catalog, err := generator.LoadCatalog(os.DirFS(templatesDir))
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "scaffold-deps-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // a leftover in the temporary folder harms nobody
	pins := map[string][]byte{}               // by file in the layers
	for _, spec := range catalog.Combinations() {
		b, err := openBench(spec, work)
		if err != nil {
			return err
		}
		if err := b.pin(cmd.Context(), upgrade, pins); err != nil {
			return fmt.Errorf("%s: %w", catalog.ID(spec), err)
		}
	}
	for file, data := range pins {
		before, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if bytes.Equal(before, data) {
			continue
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
		say(cmd, "pinned %s", file)
	}
	return nil
}

// pin tidies one combination and adds what its layers should hold to pins.
func (b *bench) pin(ctx context.Context, upgrade bool, pins map[string][]byte) error {
	tree, err := b.render()
	if err != nil {
		return err
	}
	if err := tree.Write(ctx, b.dir); err != nil {
		return err
	}
	if upgrade {
		if err := runGo(ctx, b.dir, "get", "-u", "-t", "./..."); err != nil {
			return err
		}
	}
	if err := runGo(ctx, b.dir, "mod", "tidy", "-go="+b.catalog.Go+".0"); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		f, ok := tree.File(name)
		if !ok {
			return fmt.Errorf("no layer brings %s", name)
		}
		data, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil {
			return err
		}
		if !f.Verbatim() {
			data = b.toTemplate(data)
		}
		file := filepath.Join(templatesDir, filepath.FromSlash(f.Source))
		if other, twice := pins[file]; twice && !bytes.Equal(other, data) {
			return fmt.Errorf("%s: two combinations share it and need different pins", file)
		}
		pins[file] = data
	}
	return nil
}

// toTemplate puts the placeholders back into a go.mod.
func (b *bench) toTemplate(mod []byte) []byte {
	text := strings.Replace(string(mod), "module "+playModule+"\n", "module [[ .Module ]]\n", 1)
	return []byte(strings.Replace(text, "\ngo "+b.catalog.Go+".0\n", "\ngo [[ .Go ]].0\n", 1))
}

func runGo(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
