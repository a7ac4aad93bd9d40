package generator

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"golang.org/x/mod/module"
)

// Spec is a user's choices: as given, with blanks, until Resolve has filled
// and validated it.
type Spec struct {
	Phase   int
	Choices map[string]string // value by axis
	// Name is the project's, its folder's and its program's: lower-case
	// letters, digits and single hyphens, at most 63.
	Name string
	// Module is the Go module path.
	Module string
	// Owner is the GitHub user or organisation, or "" where none is known.
	Owner string
	// Description is one line of text.
	Description string
	// Author is whom the licence names, one line of text.
	Author string
}

// Resolve validates s and returns it with every blank filled by a default that
// depends on nothing but s and the catalog. Errors are *Error; the first
// problem in the order in which the questions are asked is the one returned.
func (c *Catalog) Resolve(s Spec) (Spec, error) {
	phase, ok := c.Phase(s.Phase)
	if !ok {
		return Spec{}, c.unknownPhase(s.Phase)
	}
	choices, err := c.resolveChoices(phase, s.Choices)
	if err != nil {
		return Spec{}, err
	}
	s.Choices = choices
	project := phase.Projects[choices[axisDomain]]

	if s.Owner == "" {
		s.Owner, _, _ = strings.Cut(s.Repository(), "/")
	}
	if s.Owner != "" {
		if err := checkOwner(s.Owner); err != nil {
			return Spec{}, fieldError("owner", err, "pass a GitHub user or organisation, such as --owner acme")
		}
	}
	if s.Name == "" {
		s.Name = project.Name
	}
	if err := checkName(s.Name); err != nil {
		hint := ""
		if slug := Slug(s.Name); slug != "" {
			hint = "for example " + slug
		}
		return Spec{}, fieldError("name", err, hint)
	}
	if s.Module == "" {
		s.Module = DefaultModule(s.Owner, s.Name)
	}
	if err := checkModule(s.Module); err != nil {
		return Spec{}, fieldError("module", err, "for example --module github.com/acme/"+s.Name)
	}
	if s.Description == "" {
		s.Description = project.Description[choices[axisLang]]
	}
	if err := checkText("description", s.Description); err != nil {
		return Spec{}, fieldError("description", err, "")
	}
	if s.Author == "" {
		s.Author = s.Owner
	}
	if s.Author == "" {
		s.Author = "The " + s.Name + " authors"
	}
	if err := checkText("author", s.Author); err != nil {
		return Spec{}, fieldError("author", err, "")
	}
	return s, nil
}

func fieldError(field string, err error, hint string) error {
	return &Error{Field: field, Message: err.Error(), Hint: hint}
}

func (c *Catalog) unknownPhase(number int) error {
	var known []string
	for _, p := range c.Phases {
		known = append(known, fmt.Sprintf("%d (%s)", p.Number, p.Title))
	}
	return &Error{
		Field:   "phase",
		Message: fmt.Sprintf("there is no phase %d", number),
		Hint:    "phases: " + strings.Join(known, ", "),
	}
}

func (c *Catalog) resolveChoices(phase Phase, given map[string]string) (map[string]string, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := phase.Axes[name]; !ok && given[name] != "" {
			return nil, &Error{
				Field:   name,
				Message: fmt.Sprintf("phase %d has no choice of %s", phase.Number, name),
				Hint:    "it has: " + c.describeAxes(phase),
			}
		}
	}
	choices := map[string]string{}
	for _, axis := range c.AxesOf(phase) {
		value := given[axis.Name]
		if value == "" {
			value = axis.Values[0].Name
		}
		if !slices.Contains(axis.Names(), value) {
			return nil, &Error{
				Field:   axis.Name,
				Message: fmt.Sprintf("phase %d has no %s %q", phase.Number, axis.Name, value),
				Hint:    DidYouMean(value, axis.Names(), "valid: "+strings.Join(axis.Names(), ", ")),
			}
		}
		choices[axis.Name] = value
	}
	return choices, nil
}

func (c *Catalog) describeAxes(phase Phase) string {
	var parts []string
	for _, a := range c.AxesOf(phase) {
		parts = append(parts, fmt.Sprintf("%s (%s)", a.Name, strings.Join(a.Names(), ", ")))
	}
	return strings.Join(parts, ", ")
}

// Nearest returns the candidate that word is most likely a misspelling of, or
// "" where none is near.
func Nearest(word string, candidates []string) string {
	const most = 2 // slips of the fingers
	word = strings.ToLower(word)
	best, bestDistance := "", most+1
	for _, c := range candidates {
		d := levenshtein.ComputeDistance(word, c)
		if d < bestDistance && d < len(c) {
			best, bestDistance = c, d
		}
	}
	if best != "" {
		return best
	}
	i := slices.IndexFunc(candidates, func(c string) bool {
		return len(word) > most && strings.HasPrefix(c, word) || len(c) > most && strings.HasPrefix(word, c)
	})
	if i >= 0 {
		return candidates[i]
	}
	return ""
}

// DefaultModule is the module path of a project on github.com, or its plain
// name where no owner is known.
func DefaultModule(owner, name string) string {
	if owner == "" {
		return name
	}
	return path.Join("github.com", owner, name)
}

// Repository is OWNER/NAME of the project's repository on github.com, as its
// module path says or else its owner and name do, or "" where no owner is known.
func (s Spec) Repository() string {
	if parts := strings.Split(s.Module, "/"); len(parts) >= 3 && parts[0] == "github.com" {
		return path.Join(parts[1], parts[2])
	}
	if s.Owner == "" {
		return ""
	}
	return path.Join(s.Owner, s.Name)
}

// NameOf returns the last element of a module path without its major version
// suffix, the name that a project of that path usually has.
func NameOf(modulePath string) string {
	if prefix, _, ok := module.SplitPathVersion(modulePath); ok {
		modulePath = prefix
	}
	return path.Base(modulePath)
}
