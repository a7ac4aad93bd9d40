package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
)

// playModule is the path that the layers' own Go files import, so that a Go
// file at play and in its layer are the same bytes.
const playModule = "example.com/app"

// manifestSuffix names the file beside a project that remembers what was
// rendered, so that an edit can be told from a layer that changed.
const manifestSuffix = ".manifest.json"

// manifest is what play rendered: the combination, and each file's hash.
type manifest struct {
	Spec   generator.Spec    `json:"spec"`
	Hashes map[string]string `json:"hashes"` // SHA-256 by path
}

func newPlayCmd() *cobra.Command {
	var phase int
	var into string
	choices := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "play",
		Short: "Render one combination to a folder to work in",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			spec := generator.Spec{Phase: phase, Choices: map[string]string{}}
			for axis, v := range choices {
				if *v != "" {
					spec.Choices[axis] = *v
				}
			}
			return play(cmd, spec, into)
		},
	}
	cmd.Flags().IntVar(&phase, "phase", 1, "phase of the roadmap")
	cmd.Flags().StringVar(&into, "into", "play", "folder for the projects")
	catalog, err := generator.LoadCatalog(os.DirFS(templatesDir))
	if err != nil {
		cmd.RunE = func(*cobra.Command, []string) error { return err }
		cmd.FParseErrWhitelist.UnknownFlags = true // the axes' flags: the error says more than "unknown flag"
		return cmd
	}
	for _, axis := range catalog.Axes {
		choices[axis.Name] = cmd.Flags().String(axis.Name, "", axis.Question)
	}
	return cmd
}

// bench is one combination at play.
type bench struct {
	catalog *generator.Catalog
	spec    generator.Spec
	dir     string // the project
}

func openBench(spec generator.Spec, into string) (*bench, error) {
	catalog, err := generator.LoadCatalog(os.DirFS(templatesDir))
	if err != nil {
		return nil, err
	}
	spec.Module = ""
	spec, err = catalog.Resolve(spec)
	if err != nil {
		return nil, err
	}
	spec.Module = playModule // which Resolve would refuse a user
	return &bench{catalog: catalog, spec: spec, dir: filepath.Join(into, catalog.ID(spec))}, nil
}

func (b *bench) manifestFile() string { return b.dir + manifestSuffix }

// render renders the combination from the layers as they are on disk now.
func (b *bench) render() (*generator.Tree, error) {
	plan, err := b.catalog.Plan(b.spec)
	if err != nil {
		return nil, err
	}
	return generator.Render(os.DirFS(templatesDir), b.catalog, plan, "dev")
}

// play renders a combination. Over one that is at play already it goes only
// where nothing there was edited.
func play(cmd *cobra.Command, spec generator.Spec, into string) error {
	b, err := openBench(spec, into)
	if err != nil {
		return err
	}
	tree, err := b.render()
	if err != nil {
		return err
	}
	if err := b.clear(); err != nil {
		return err
	}
	if err := tree.Write(cmd.Context(), b.dir); err != nil {
		return err
	}
	m := manifest{Spec: b.spec, Hashes: map[string]string{}}
	for _, f := range tree.Files() {
		m.Hashes[f.Path] = hash(f.Data)
	}
	if err := b.saveManifest(m); err != nil {
		return err
	}
	say(cmd, "%s: %d files; edit them, then `make pull`", b.dir, len(m.Hashes))
	return nil
}

// clear removes what is at play where nothing of it was edited. A folder that
// play did not make is left for Write to refuse.
func (b *bench) clear() error {
	edits, err := b.edits()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(edits) > 0 {
		return fmt.Errorf("%s holds edits that were not pulled: %s; pull them, or remove the folder and %s",
			b.dir, strings.Join(edits, ", "), b.manifestFile())
	}
	if _, err := os.Lstat(filepath.Join(b.dir, ".git")); err == nil {
		return fmt.Errorf("%s has become a git repository; remove it yourself", b.dir)
	}
	return os.RemoveAll(b.dir)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (b *bench) saveManifest(m manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(b.manifestFile(), data, 0o600)
}

func (b *bench) loadManifest() (manifest, error) {
	var m manifest
	data, err := os.ReadFile(b.manifestFile())
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(data, &m)
}

// edits lists the paths that were changed, added or removed at play. Its error
// is fs.ErrNotExist where the combination is not at play.
func (b *bench) edits() ([]string, error) {
	m, err := b.loadManifest()
	if err != nil {
		return nil, err
	}
	found, err := b.files()
	if err != nil {
		return nil, err
	}
	var edits []string
	for path, data := range found {
		if m.Hashes[path] != hash(data) {
			edits = append(edits, path)
		}
	}
	for path := range maps.Keys(m.Hashes) {
		if _, there := found[path]; !there {
			edits = append(edits, path)
		}
	}
	slices.Sort(edits)
	return edits, nil
}

// builtFolders are what building and testing a project leaves in it.
var builtFolders = []string{".git", "bin", "dist"}

// files reads what is at play, by path, without what builds leave behind.
func (b *bench) files() (map[string][]byte, error) {
	found := map[string][]byte{}
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(b.dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(builtFolders, rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasPrefix(filepath.Base(rel), "coverage.") {
			return nil
		}
		data, err := os.ReadFile(path)
		found[filepath.ToSlash(rel)] = data
		return err
	})
	return found, err
}
