// Package roadmap reads what a student is to do with a project, week by week,
// and writes it as GitHub issues.
package roadmap

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/phasekit/scaffold/generator/yaml"
)

// Roadmap is the work of one phase, in one language. Its texts are Markdown,
// but for titles, names and the descriptions of labels.
type Roadmap struct {
	Title, Intro string
	Labels       []Label
	Stages       []Stage
}

// Label is a GitHub label that a week carries.
type Label struct {
	Name        string // at most 50 characters, the same in every language
	Color       string // six hexadecimal digits
	Description string // at most 100 characters
}

// Stage is a milestone.
type Stage struct {
	Title, Description string
	Weeks              []Week
}

// Week is an issue.
type Week struct {
	Number int // from 1, across the stages
	Name   string
	Title  string
	Goal   string
	Tasks  []string
	Done   string // how one sees that the week's goal is reached
	Label  string // the name of one of the roadmap's labels
}

// Load reads the roadmap of a phase and domain from the templates' file system, in a
// language: "en" or "id". The error is an [fs.ErrNotExist] where there is none.
func Load(templates fs.FS, phase int, domain, lang string) (Roadmap, error) {
	data, err := fs.ReadFile(templates, fmt.Sprintf("roadmap/phase-%d-%s.yaml", phase, domain))
	if err != nil {
		return Roadmap{}, fmt.Errorf("load roadmap: %w", err)
	}
	var f file
	if err := yaml.Decode(data, &f); err != nil {
		return Roadmap{}, fmt.Errorf("load roadmap of phase %d: %w", phase, err)
	}
	if err := f.check(); err != nil {
		return Roadmap{}, fmt.Errorf("load roadmap of phase %d: %w", phase, err)
	}
	r, err := f.in(lang)
	if err != nil {
		return Roadmap{}, fmt.Errorf("load roadmap of phase %d: %w", phase, err)
	}
	return r, nil
}

// Checklist returns the whole roadmap as one issue.
func (r Roadmap) Checklist() (title, body string) {
	var b strings.Builder
	b.WriteString(r.Intro + "\n")
	for _, stage := range r.Stages {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", stage.Title, stage.Description)
		for _, w := range stage.Weeks {
			heading, _ := r.Issue(w)
			fmt.Fprintf(&b, "- [ ] **%s.** %s %s\n", heading, w.Goal, w.Done)
			for _, task := range w.Tasks {
				fmt.Fprintf(&b, "  - [ ] %s\n", task)
			}
		}
	}
	return r.Title, b.String()
}

// Issue returns one week as an issue of its own.
func (r Roadmap) Issue(w Week) (title, body string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", w.Goal)
	for _, task := range w.Tasks {
		fmt.Fprintf(&b, "- [ ] %s\n", task)
	}
	fmt.Fprintf(&b, "\n%s\n", w.Done)
	return fmt.Sprintf("%s %d: %s", w.Name, w.Number, w.Title), b.String()
}
