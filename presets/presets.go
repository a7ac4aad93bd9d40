// Package presets loads saved choices: the built-in ones beside this file, and
// users' own files.
package presets

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/generator/yaml"
)

//go:embed *.yaml
var builtin embed.FS

// Preset is a YAML file of choices: `title`, and any of the keys that
// generator.Catalog.Keys lists.
type Preset struct {
	Name  string // without folder and suffix
	Title string
	Spec  generator.Spec // blank where the file is silent

	file  string
	lines map[string]int // by key
}

// Merge loads a preset, or a blank one where nameOrFile is "", and lays flags,
// by key, over it.
func Merge(c *generator.Catalog, nameOrFile string, flags map[string]string) (Preset, error) {
	var p Preset
	if nameOrFile != "" {
		var err error
		if p, err = Load(c, nameOrFile); err != nil {
			return p, err
		}
	}
	for key, value := range flags {
		if err := c.Set(&p.Spec, key, value); err != nil {
			return p, err
		}
		delete(p.lines, key) // the preset's value is not used
	}
	return p, nil
}

// Locate puts the preset's file and line before an error that is about one of
// its keys; other errors come back as they are.
func (p Preset) Locate(err error) error {
	field, ok := errors.AsType[*generator.Error](err)
	if !ok {
		return err
	}
	line, ok := p.lines[field.Field]
	if !ok {
		return err
	}
	located := *field
	located.Message = fmt.Sprintf("%s:%d: %s", p.file, line, field.Message)
	return &located
}

// Names lists the built-in presets.
func Names() []string {
	files, err := fs.Glob(builtin, "*.yaml")
	if err != nil {
		return nil // the pattern is a constant and well-formed
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".yaml")
	}
	return files
}

// Load reads a built-in preset by its name, or a file by its path, which is
// told apart by a separator or a .yaml or .yml suffix. Unknown keys, keys set
// twice and values that are no scalars are errors with file and line.
func Load(c *generator.Catalog, nameOrFile string) (Preset, error) {
	if !isPath(nameOrFile) {
		if !slices.Contains(Names(), nameOrFile) {
			return Preset{}, unknown(nameOrFile)
		}
		data, err := fs.ReadFile(builtin, nameOrFile+".yaml")
		if err != nil {
			return Preset{}, err
		}
		return parse(c, nameOrFile+".yaml", data)
	}
	data, err := readSmall(nameOrFile)
	if err != nil {
		return Preset{}, fmt.Errorf("read preset: %w", err)
	}
	return parse(c, nameOrFile, data)
}

// unknown is the error for a name that no built-in preset has.
func unknown(name string) error {
	hint := "built in: " + strings.Join(Names(), ", ") + "; a file is named by its path, such as ./mine.yaml"
	return &generator.Error{
		Field:   "preset",
		Message: fmt.Sprintf("there is no preset %q", name),
		Hint:    generator.DidYouMean(name, Names(), hint),
	}
}

// readSmall reads a file that a person may have written.
func readSmall(name string) ([]byte, error) {
	const most = 64 << 10
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s: larger than %d KiB", name, most>>10)
	}
	return data, err
}

func isPath(s string) bool {
	ext := filepath.Ext(s)
	return strings.ContainsAny(s, `/\`) || ext == ".yaml" || ext == ".yml"
}

const keyTitle = "title"

func parse(c *generator.Catalog, file string, data []byte) (Preset, error) {
	base := filepath.Base(file)
	p := Preset{
		Name:  strings.TrimSuffix(base, filepath.Ext(base)),
		file:  file,
		lines: map[string]int{},
	}
	entries, err := yaml.Entries(data)
	if err != nil {
		problem := fmt.Sprintf("%s: %v", file, err)
		if at, ok := errors.AsType[*yaml.LineError](err); ok {
			problem = fmt.Sprintf("%s:%d: %v", file, at.Line, at.Err)
		}
		return Preset{}, &generator.Error{Field: "preset", Message: problem}
	}
	for _, e := range entries {
		p.lines[e.Key] = e.Line
		if e.Key == keyTitle {
			p.Title = e.Value
			continue
		}
		if err := c.Set(&p.Spec, e.Key, e.Value); err != nil {
			return Preset{}, p.Locate(err)
		}
	}
	return p, nil
}
