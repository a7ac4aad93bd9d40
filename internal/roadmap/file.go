package roadmap

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// file is a roadmap as it is stored, with every text in every language.
type file struct {
	Title  text        `yaml:"title"`
	Intro  text        `yaml:"intro"`
	Week   text        `yaml:"week"` // the word, for the titles of issues
	Labels []labelFile `yaml:"labels"`
	Stages []stageFile `yaml:"stages"`
}

type labelFile struct {
	Name        string `yaml:"name"`
	Color       string `yaml:"color"`
	Description text   `yaml:"description"`
}

type stageFile struct {
	Title       text       `yaml:"title"`
	Description text       `yaml:"description"`
	Weeks       []weekFile `yaml:"weeks"`
}

type weekFile struct {
	Number int    `yaml:"number"`
	Label  string `yaml:"label"`
	Title  text   `yaml:"title"`
	Goal   text   `yaml:"goal"`
	Tasks  []text `yaml:"tasks"`
	Done   text   `yaml:"done"`
}

type text struct {
	EN string `yaml:"en"`
	ID string `yaml:"id"`
}

// in returns the text in a language that [file.in] has let pass.
func (t text) in(lang string) string {
	if lang == "id" {
		return t.ID
	}
	return t.EN
}

// GitHub's limits, in characters.
const (
	maxTitle            = 256
	maxLabel            = 50
	maxLabelDescription = 100
)

const unlimited = 1 << 16

// check wants the text in every language, on one line of at most so many
// characters.
func (t text) check(what string, most int) error {
	for _, in := range []struct{ lang, text string }{{"en", t.EN}, {"id", t.ID}} {
		switch {
		case strings.TrimSpace(in.text) == "":
			return fmt.Errorf("%s is missing in %s", what, in.lang)
		case strings.TrimSpace(in.text) != in.text || strings.Contains(in.text, "\n"):
			return fmt.Errorf("%s in %s has blanks around it or more than one line", what, in.lang)
		case utf8.RuneCountInString(in.text) > most:
			return fmt.Errorf("%s in %s is longer than %d characters", what, in.lang, most)
		}
	}
	return nil
}

func (f file) check() error {
	if err := errors.Join(
		f.Title.check("title", maxTitle),
		f.Intro.check("intro", unlimited),
		f.Week.check("week", maxLabel),
		f.checkLabels(),
	); err != nil {
		return err
	}
	if len(f.Stages) == 0 {
		return errors.New("no stage")
	}
	weeks := 0
	var titles []text
	for i, s := range f.Stages {
		if err := errors.Join(s.Title.check("title", maxTitle), s.Description.check("description", unlimited)); err != nil {
			return fmt.Errorf("stage %d: %w", i+1, err)
		}
		if slices.ContainsFunc(titles, s.Title.clashes) {
			return fmt.Errorf("stage %d: %q stands twice", i+1, s.Title.EN)
		}
		titles = append(titles, s.Title)
		if len(s.Weeks) == 0 {
			return fmt.Errorf("stage %d: no week", i+1)
		}
		for _, w := range s.Weeks {
			weeks++
			if w.Number != weeks {
				return fmt.Errorf("week %d stands at place %d", w.Number, weeks)
			}
			if err := f.checkWeek(w); err != nil {
				return fmt.Errorf("week %d: %w", w.Number, err)
			}
			if slices.ContainsFunc(titles, w.Title.clashes) {
				return fmt.Errorf("week %d: %q stands twice", w.Number, w.Title.EN)
			}
			titles = append(titles, w.Title)
		}
	}
	return nil
}

// clashes reports whether the two are the same in some language.
func (t text) clashes(other text) bool { return t.EN == other.EN || t.ID == other.ID }

var color = regexp.MustCompile(`^[0-9a-f]{6}$`)

func (f file) checkLabels() error {
	for i, l := range f.Labels {
		switch {
		case strings.TrimSpace(l.Name) != l.Name || l.Name == "" || utf8.RuneCountInString(l.Name) > maxLabel:
			return fmt.Errorf("label %q: not a name of at most %d characters", l.Name, maxLabel)
		case !color.MatchString(l.Color):
			return fmt.Errorf("label %s: color %q is not six hexadecimal digits in lower case", l.Name, l.Color)
		case slices.ContainsFunc(f.Labels[:i], func(other labelFile) bool { return strings.EqualFold(other.Name, l.Name) }):
			return fmt.Errorf("label %s stands twice", l.Name)
		case !f.uses(l.Name):
			return fmt.Errorf("label %s is on no week", l.Name)
		}
		if err := l.Description.check("description", maxLabelDescription); err != nil {
			return fmt.Errorf("label %s: %w", l.Name, err)
		}
	}
	return nil
}

func (f file) uses(label string) bool {
	return slices.ContainsFunc(f.Stages, func(s stageFile) bool {
		return slices.ContainsFunc(s.Weeks, func(w weekFile) bool { return w.Label == label })
	})
}

func (f file) checkWeek(w weekFile) error {
	if !slices.ContainsFunc(f.Labels, func(l labelFile) bool { return l.Name == w.Label }) {
		return fmt.Errorf("there is no label %q", w.Label)
	}
	if len(w.Tasks) == 0 {
		return errors.New("no task")
	}
	problems := []error{
		w.Title.check("title", maxTitle-maxLabel),
		w.Goal.check("goal", unlimited),
		w.Done.check("done", unlimited),
	}
	for i, task := range w.Tasks {
		problems = append(problems, task.check(fmt.Sprintf("task %d", i+1), unlimited))
		if slices.ContainsFunc(w.Tasks[:i], task.clashes) {
			problems = append(problems, fmt.Errorf("task %d stands twice", i+1))
		}
	}
	return errors.Join(problems...)
}

func (f file) in(lang string) (Roadmap, error) {
	if lang != "en" && lang != "id" {
		return Roadmap{}, fmt.Errorf("no language %q: en and id are there", lang)
	}
	r := Roadmap{Title: f.Title.in(lang), Intro: f.Intro.in(lang)}
	for _, l := range f.Labels {
		r.Labels = append(r.Labels, Label{Name: l.Name, Color: l.Color, Description: l.Description.in(lang)})
	}
	for _, s := range f.Stages {
		stage := Stage{Title: s.Title.in(lang), Description: s.Description.in(lang)}
		for _, w := range s.Weeks {
			week := Week{
				Number: w.Number, Name: f.Week.in(lang), Title: w.Title.in(lang),
				Goal: w.Goal.in(lang), Done: w.Done.in(lang), Label: w.Label,
			}
			for _, task := range w.Tasks {
				week.Tasks = append(week.Tasks, task.in(lang))
			}
			stage.Weeks = append(stage.Weeks, week)
		}
		r.Stages = append(r.Stages, stage)
	}
	return r, nil
}
