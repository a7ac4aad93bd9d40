// Package generator turns a user's choices into a project: a Catalog says what
// there is to choose, a Spec holds what was chosen, a Plan lists the layers
// that stand for it, and a Tree holds the rendered files, ready to be written.
//
// It opens no socket and runs no command; everything it renders comes from the
// file system that it is handed.
package generator

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator/yaml"
)

const (
	catalogFile = "catalog.yaml"
	layersDir   = "_layers"
)

// Catalog is the content of catalog.yaml: data that says which phases exist,
// which axes each has, and which layers they stand for.
type Catalog struct {
	// Go is the language version of generated projects, such as "1.26".
	Go     string  `yaml:"go"`
	Axes   []Axis  `yaml:"axes"`
	Phases []Phase `yaml:"phases"`
}

// Axis is a choice with a fixed set of values.
type Axis struct {
	Name     string  `yaml:"name"`
	Question string  `yaml:"question"`
	Values   []Value `yaml:"values"`
}

// Value is one value of an axis.
type Value struct {
	Name  string `yaml:"name" json:"name"`
	Title string `yaml:"title" json:"title"`
	// Topics are what the value adds to those of the project.
	Topics []string `yaml:"topics" json:"-"`
}

// Phase is one step of the roadmap.
type Phase struct {
	Number int    `yaml:"number"`
	Title  string `yaml:"title"`
	// Axes holds the values that the phase offers, by axis; the first is the
	// default.
	Axes map[string][]string `yaml:"axes"`
	// Layers is the ordered list of layers, as FAMILY/PART; {axis} stands for the
	// chosen value.
	Layers []string `yaml:"layers"`
	// Next lists the first commands to type in the new folder.
	Next []Step `yaml:"next"`
	// Projects holds the default project of each domain.
	Projects map[string]Project `yaml:"projects"`
}

// Step is a command for a shell, and what the user can expect of it.
type Step struct {
	Command string `yaml:"command" json:"command"`
	About   string `yaml:"about" json:"about,omitempty"`
}

// Project is what a project is called where the user does not say.
type Project struct {
	Name        string            `yaml:"name"`
	Description map[string]string `yaml:"description"` // by lang
	// Example is the arguments with which a CLI shows what it does, or "".
	Example string   `yaml:"example"`
	Topics  []string `yaml:"topics"`
}

const (
	axisDomain = "domain"
	axisLang   = "lang"
)

// LoadCatalog reads catalog.yaml from the templates' file system and checks
// that it is whole: every axis, value and default that it names exists. Whether
// a layer exists shows when it is rendered.
func LoadCatalog(templates fs.FS) (*Catalog, error) {
	data, err := fs.ReadFile(templates, catalogFile)
	if err != nil {
		return nil, fmt.Errorf("load catalog: %w", err)
	}
	var c Catalog
	if err := yaml.Decode(data, &c); err != nil {
		return nil, fmt.Errorf("load catalog: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("load catalog: %w", err)
	}
	return &c, nil
}

func (c *Catalog) check() error {
	if !regexp.MustCompile(`^1\.\d+$`).MatchString(c.Go) {
		return fmt.Errorf("go: %q is not a language version", c.Go)
	}
	for i, p := range c.Phases {
		if p.Number != i+1 {
			return fmt.Errorf("phase %d stands at place %d", p.Number, i+1)
		}
		if err := c.checkPhase(p); err != nil {
			return fmt.Errorf("phase %d: %w", p.Number, err)
		}
	}
	for _, s := range c.Combinations() {
		if err := checkTopics(c.Topics(s)); err != nil {
			return fmt.Errorf("%s: %w", c.ID(s), err)
		}
	}
	return nil
}

// GitHub allows twice as many, which nobody reads.
const maxTopics = 10

var topic = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)

func checkTopics(topics []string) error {
	for i, name := range topics {
		if !topic.MatchString(name) {
			return fmt.Errorf("topic %q: want lower-case letters, digits and hyphens, at most 50", name)
		}
		if slices.Contains(topics[:i], name) {
			return fmt.Errorf("topic %s stands twice", name)
		}
	}
	if len(topics) > maxTopics {
		return fmt.Errorf("%d topics, at most %d are allowed", len(topics), maxTopics)
	}
	return nil
}

// A layer's name is its folder below _layers.
var layerName = regexp.MustCompile(`^[a-z{}-]+/[a-z{}-]+$`)

func (c *Catalog) checkPhase(p Phase) error {
	for _, name := range []string{axisDomain, axisLang} {
		if _, ok := p.Axes[name]; !ok {
			return fmt.Errorf("axis %s is missing", name)
		}
	}
	for name, values := range p.Axes {
		axis, ok := c.Axis(name)
		if !ok {
			return fmt.Errorf("unknown axis %q", name)
		}
		if len(values) == 0 {
			return fmt.Errorf("axis %s has no value", name)
		}
		for i, v := range values {
			if !slices.Contains(axis.Names(), v) {
				return fmt.Errorf("unknown value %q of axis %s", v, name)
			}
			if slices.Contains(values[:i], v) {
				return fmt.Errorf("value %q of axis %s stands twice", v, name)
			}
		}
	}
	for _, layer := range p.Layers {
		if !layerName.MatchString(layer) {
			return fmt.Errorf("layer %s: want FAMILY/PART", layer)
		}
		for _, axis := range placeholder.FindAllStringSubmatch(layer, -1) {
			if _, ok := p.Axes[axis[1]]; !ok {
				return fmt.Errorf("layer %s: the phase has no axis %s", layer, axis[1])
			}
		}
	}
	for i, step := range p.Next {
		if step.Command == "" || step.About == "" {
			return fmt.Errorf("next: step %d needs a command and an about", i+1)
		}
	}
	for _, domain := range p.Axes[axisDomain] {
		project, ok := p.Projects[domain]
		if !ok {
			return fmt.Errorf("domain %s has no entry under projects", domain)
		}
		if err := checkName(project.Name); err != nil {
			return fmt.Errorf("project of %s: %w", domain, err)
		}
		for _, lang := range p.Axes[axisLang] {
			if err := checkText("description", project.Description[lang]); err != nil {
				return fmt.Errorf("project of %s in %s: %w", domain, lang, err)
			}
		}
	}
	return nil
}

// Axis returns the axis of that name.
func (c *Catalog) Axis(name string) (Axis, bool) {
	i := slices.IndexFunc(c.Axes, func(a Axis) bool { return a.Name == name })
	if i < 0 {
		return Axis{}, false
	}
	return c.Axes[i], true
}

// Phase returns the phase of that number.
func (c *Catalog) Phase(number int) (Phase, bool) {
	i := slices.IndexFunc(c.Phases, func(p Phase) bool { return p.Number == number })
	if i < 0 {
		return Phase{}, false
	}
	return c.Phases[i], true
}

// AxesOf lists the axes of p in the order in which they are asked, each with
// only the values that p offers.
func (c *Catalog) AxesOf(p Phase) []Axis {
	var axes []Axis
	for _, a := range c.Axes {
		offered, ok := p.Axes[a.Name]
		if !ok {
			continue
		}
		narrowed := a
		narrowed.Values = nil
		for _, name := range offered {
			i := slices.Index(a.Names(), name)
			narrowed.Values = append(narrowed.Values, a.Values[i])
		}
		axes = append(axes, narrowed)
	}
	return axes
}

// Topics lists the GitHub topics of a project: those of its domain, and then
// what each choice adds. Only a resolved spec has them all.
func (c *Catalog) Topics(s Spec) []string {
	phase, ok := c.Phase(s.Phase)
	if !ok {
		return nil
	}
	topics := slices.Clone(phase.Projects[s.Choices[axisDomain]].Topics)
	for _, axis := range c.AxesOf(phase) {
		for _, v := range axis.Values {
			if v.Name == s.Choices[axis.Name] {
				topics = append(topics, v.Topics...)
			}
		}
	}
	return topics
}

// Names lists the names of the axis's values.
func (a Axis) Names() []string {
	names := make([]string, len(a.Values))
	for i, v := range a.Values {
		names[i] = v.Name
	}
	return names
}

// Combinations lists every spec that differs in phase or choices, with the
// defaults for all else: what golden, matrix and pinning run over.
func (c *Catalog) Combinations() []Spec {
	var all []Spec
	for _, p := range c.Phases {
		specs := []Spec{{Phase: p.Number}}
		for _, axis := range c.AxesOf(p) {
			var longer []Spec
			for _, s := range specs {
				for _, v := range axis.Values {
					choices := maps.Clone(s.Choices)
					if choices == nil {
						choices = map[string]string{}
					}
					choices[axis.Name] = v.Name
					longer = append(longer, Spec{Phase: p.Number, Choices: choices})
				}
			}
			specs = longer
		}
		all = append(all, specs...)
	}
	return all
}

// ID names the combination of s for people and for file names, such as
// "phase1-crypto-en". Two specs with the same phase and choices have the same.
func (c *Catalog) ID(s Spec) string {
	parts := []string{fmt.Sprintf("phase%d", s.Phase)}
	for _, a := range c.Axes {
		if v, ok := s.Choices[a.Name]; ok {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, "-")
}
