package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"golang.org/x/mod/modfile"

	"github.com/phasekit/scaffold/generator/yaml"
)

// layerFile describes a layer: what of earlier layers it replaces and which of
// its files are executable, both as paths in the rendered project.
type layerFile struct {
	Replaces    []string `yaml:"replaces"`
	Executables []string `yaml:"executables"`
}

const layerFileName = "layer.yaml"

// templateData is what a .tmpl file may name.
type templateData struct {
	Name, Module, Owner, Description, Author string

	// Choices are for documents that name a choice. They are not for an if: a
	// choice is a layer.
	Choices map[string]string // by axis

	Go         string // language version, such as "1.26"
	Repository string // OWNER/NAME on github.com, or ""
	Installs   string // what `go install` calls the program
	Example    string // arguments with which a CLI shows what it does
}

// renderer lays one plan's layers over each other.
type renderer struct {
	templates fs.FS
	root      *template.Template
	data      templateData
	tree      *Tree
}

// Render lays the plan's layers over each other and adds the lock. The same
// plan, templates and version give the same bytes.
func Render(templates fs.FS, c *Catalog, plan Plan, version string) (*Tree, error) {
	s := plan.Spec
	phase, ok := c.Phase(s.Phase)
	if !ok {
		return nil, c.unknownPhase(s.Phase)
	}
	r := &renderer{
		templates: templates,
		root:      template.New("").Delims("[[", "]]").Option("missingkey=error").Funcs(functions()),
		data: templateData{
			Name: s.Name, Module: s.Module, Owner: s.Owner, Description: s.Description, Author: s.Author, Choices: s.Choices,
			Go: c.Go, Repository: s.Repository(), Installs: NameOf(s.Module),
			Example: phase.Projects[s.Choices[axisDomain]].Example,
		},
		tree: &Tree{},
	}
	for _, layer := range plan.Layers {
		if err := r.lay(layer); err != nil {
			return nil, fmt.Errorf("render layer %s: %w", layer, err)
		}
	}
	if err := r.checkModule(); err != nil {
		return nil, err
	}
	lock, err := Lock{Version: version, Spec: s}.encode(c)
	if err != nil {
		return nil, fmt.Errorf("render lock: %w", err)
	}
	return r.tree, r.tree.put(File{Path: LockFile, Mode: 0o644, Data: lock})
}

// checkModule refuses the path of a module that the project itself needs.
func (r *renderer) checkModule() error {
	f, ok := r.tree.File("go.mod")
	if !ok {
		return nil
	}
	mod, err := modfile.Parse(f.Path, f.Data, nil)
	if err != nil {
		return err
	}
	for _, needed := range mod.Require {
		if needed.Mod.Path == r.data.Module {
			return fieldError("module", fmt.Errorf("module %s: the project needs the library of that name", quoted(r.data.Module)), "choose a path of your own")
		}
	}
	return nil
}

// lay adds the files of one layer.
func (r *renderer) lay(layer string) error {
	dir := path.Join(layersDir, layer)
	about, err := r.about(dir)
	if err != nil {
		return err
	}
	replaced, marked := map[string]bool{}, map[string]bool{}
	err = fs.WalkDir(r.templates, dir, func(source string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || source == path.Join(dir, layerFileName) {
			return err
		}
		f, ok, err := r.file(layer, strings.TrimPrefix(source, dir+"/"), source)
		if err != nil || !ok {
			return err
		}
		if slices.Contains(about.Executables, f.Path) {
			f.Mode, marked[f.Path] = 0o755, true
		}
		if before, there := r.tree.File(f.Path); there {
			if !slices.Contains(about.Replaces, f.Path) {
				return fmt.Errorf("%s comes from layer %s already; list it under replaces if that is meant", f.Path, before.Layer)
			}
			replaced[f.Path] = true
		}
		return r.tree.put(f)
	})
	if err != nil {
		return err
	}
	for _, p := range about.Replaces {
		if !replaced[p] {
			return fmt.Errorf("%s: replaces %s, which is in no layer before it", layerFileName, p)
		}
	}
	for _, p := range about.Executables {
		if !marked[p] {
			return fmt.Errorf("%s: names the executable %s, which the layer does not bring", layerFileName, p)
		}
	}
	return nil
}

func (r *renderer) about(dir string) (layerFile, error) {
	var about layerFile
	file := path.Join(dir, layerFileName)
	data, err := fs.ReadFile(r.templates, file)
	if errors.Is(err, fs.ErrNotExist) {
		return about, nil // most layers have nothing to declare
	}
	if err != nil {
		return about, err
	}
	if err := yaml.Decode(data, &about); err != nil {
		return about, fmt.Errorf("%s: %w", layerFileName, err)
	}
	return about, nil
}

// file renders one file. ok is false for a template that comes out blank, which
// gives no file.
func (r *renderer) file(layer, rel, source string) (f File, ok bool, err error) {
	data, err := fs.ReadFile(r.templates, source)
	if err != nil {
		return File{}, false, err
	}
	if isTemplate(source) {
		if data, err = r.execute(rel, data); err != nil {
			return File{}, false, err
		}
		if len(bytes.TrimSpace(data)) == 0 {
			return File{}, false, nil
		}
	}
	target := targetPath(rel)
	if path.Ext(target) == ".go" && bytes.Contains(data, []byte(placeholderModule)) {
		if data, err = RewriteImports(data, placeholderModule, r.data.Module); err != nil {
			return File{}, false, fmt.Errorf("%s: %w", rel, err)
		}
	}
	return File{Path: target, Mode: 0o644, Data: data, Layer: layer, Source: source}, true, nil
}

func (r *renderer) execute(name string, text []byte) ([]byte, error) {
	t, err := r.root.New(name).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r.data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

const (
	templateSuffix = ".tmpl"
	dotPrefix      = "dot_"
)

func isTemplate(source string) bool { return strings.HasSuffix(source, templateSuffix) }

// targetPath turns a layer's path into the project's: dot_github/x.yml.tmpl is
// stored so that git and go:embed see it, and stands for .github/x.yml.
func targetPath(rel string) string {
	elements := strings.Split(strings.TrimSuffix(rel, templateSuffix), "/")
	for i, e := range elements {
		if name, ok := strings.CutPrefix(e, dotPrefix); ok {
			elements[i] = "." + name
		}
	}
	return path.Join(elements...)
}

// functions are sprig's hermetic ones, which depend on nothing outside their
// arguments, and two that keep a user's text from being read as syntax.
func functions() template.FuncMap {
	funcs := sprig.HermeticTxtFuncMap()
	funcs["yaml"] = quoteYAML
	funcs["md"] = escapeMarkdown
	return funcs
}

// quoteYAML writes text as a double-quoted scalar. JSON's strings are a subset
// of YAML's.
func quoteYAML(text string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(text)
	return strings.TrimSuffix(b.String(), "\n"), err
}

var markdownSyntax = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`,
	"#", `\#`, "|", `\|`, "~", `\~`, "$", `\$`, "&", `\&`,
)

var markdownBlock = regexp.MustCompile(`^([-+=]|\d+[.)])`)

// escapeMarkdown writes one line of text so that it is no markup, wherever a
// paragraph may begin. Bare addresses and @names stay what GitHub makes of them.
func escapeMarkdown(text string) string {
	escaped := markdownSyntax.Replace(text)
	return markdownBlock.ReplaceAllStringFunc(escaped, func(start string) string {
		last := len(start) - 1
		return start[:last] + `\` + start[last:]
	})
}
