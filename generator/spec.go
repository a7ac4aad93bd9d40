package generator

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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

// FieldError says which part of a spec is not acceptable and why. Field is
// "phase", an axis, "name", "module", "owner", "description" or "author".
type FieldError struct {
	Field   string
	Problem string
	// Hint is the way out, or "".
	Hint string
}

func (e *FieldError) Error() string { return e.Problem }

// Resolve validates s and returns it with every blank filled by a default that
// depends on nothing but s and the catalog. Errors are *FieldError; the first
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
	return &FieldError{Field: field, Problem: err.Error(), Hint: hint}
}

func (c *Catalog) unknownPhase(number int) error {
	var known []string
	for _, p := range c.Phases {
		known = append(known, fmt.Sprintf("%d (%s)", p.Number, p.Title))
	}
	return &FieldError{
		Field:   "phase",
		Problem: fmt.Sprintf("there is no phase %d", number),
		Hint:    "phases: " + strings.Join(known, ", "),
	}
}

func (c *Catalog) resolveChoices(phase Phase, given map[string]string) (map[string]string, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := phase.Axes[name]; !ok && given[name] != "" {
			return nil, &FieldError{
				Field:   name,
				Problem: fmt.Sprintf("phase %d has no choice of %s", phase.Number, name),
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
		if !slices.Contains(axis.names(), value) {
			hint := "valid: " + strings.Join(axis.names(), ", ")
			if near := Nearest(value, axis.names()); near != "" {
				hint = fmt.Sprintf("did you mean %s? %s", near, hint)
			}
			return nil, &FieldError{
				Field:   axis.Name,
				Problem: fmt.Sprintf("phase %d has no %s %q", phase.Number, axis.Name, value),
				Hint:    hint,
			}
		}
		choices[axis.Name] = value
	}
	return choices, nil
}

func (c *Catalog) describeAxes(phase Phase) string {
	var parts []string
	for _, a := range c.AxesOf(phase) {
		parts = append(parts, fmt.Sprintf("%s (%s)", a.Name, strings.Join(a.names(), ", ")))
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

const maxName = 63 // the longest DNS label, which container and host names are

var (
	validName  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	validOwner = regexp.MustCompile(`^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$`)
	notInSlug  = regexp.MustCompile(`[^a-z0-9]+`)
)

func checkName(name string) error {
	switch {
	case !validName.MatchString(name):
		return fmt.Errorf("name %s: want lower-case letters, digits and single hyphens, a letter first", quoted(name))
	case len(name) > maxName:
		return fmt.Errorf("name %s: longer than %d characters", quoted(name), maxName)
	}
	// A name that Windows reserves for a device, such as con, cannot be a folder.
	if err := module.CheckFilePath(name); err != nil {
		return fmt.Errorf("name %s: reserved on Windows", quoted(name))
	}
	return nil
}

// Slug turns text into a valid name as well as it can; "" where it cannot.
func Slug(text string) string {
	s := notInSlug.ReplaceAllString(strings.ToLower(text), "-")
	s = strings.TrimLeft(s, "-0123456789")
	if len(s) > maxName {
		s = s[:maxName]
	}
	s = strings.TrimRight(s, "-")
	if checkName(s) != nil {
		return ""
	}
	return s
}

func checkOwner(owner string) error {
	if len(owner) > 39 || !validOwner.MatchString(owner) {
		return fmt.Errorf("owner %s: not a name that GitHub allows", quoted(owner))
	}
	return nil
}

// reservedRoots are first elements of import paths that belong to the standard
// library or to the go command (`go help packages`), so that a module of that
// name would not build.
var reservedRoots = strings.Fields(`
	C all archive arena bufio builtin bytes cmd cmp compress container context crypto database
	debug embed encoding errors expvar flag fmt go hash html image index internal io iter log
	main maps math mime net os path plugin reflect regexp runtime simd slices sort std strconv
	strings structs sync syscall testing text time tool toolchain unicode unique unsafe vendor
	weak work`)

func checkModule(modulePath string) error {
	root, _, _ := strings.Cut(modulePath, "/")
	check := module.CheckPath
	if !strings.Contains(root, ".") {
		check = module.CheckImportPath // only paths that can be downloaded need a dot
	}
	if err := check(modulePath); err != nil {
		if invalid, ok := errors.AsType[*module.InvalidPathError](err); ok {
			err = invalid.Err // without the path, which is in front already
		}
		return fmt.Errorf("module %s: %w", quoted(modulePath), err)
	}
	if slices.Contains(reservedRoots, root) {
		return fmt.Errorf("module %s: %s belongs to Go itself", quoted(modulePath), root)
	}
	if strings.HasPrefix(modulePath, "~") || slices.Contains(strings.Split(modulePath, "/"), "vendor") {
		return fmt.Errorf("module %s: Go does not import from such a path", quoted(modulePath))
	}
	if rest, ok := strings.CutPrefix(modulePath, placeholderModule); ok && (rest == "" || rest[0] == '/') {
		return fmt.Errorf("module %s: a path that stands for any other", quoted(modulePath))
	}
	if len(modulePath) > 200 {
		return fmt.Errorf("module %s: longer than 200 characters", quoted(modulePath))
	}
	return nil
}

// ValidOwner reports whether GitHub allows owner as a user or organisation.
func ValidOwner(owner string) bool { return checkOwner(owner) == nil }

// ValidAuthor reports whether a licence can name author.
func ValidAuthor(author string) bool { return checkText("author", author) == nil }

// checkText accepts one line of visible text. Direction marks are refused
// because they make a file read differently from what it says, and double
// braces because release and workflow tools would evaluate them.
func checkText(field, text string) error {
	switch {
	case strings.TrimSpace(text) != text || text == "":
		return fmt.Errorf("%s %s: empty, or has spaces around it", field, quoted(text))
	case !utf8.ValidString(text):
		return fmt.Errorf("%s %s: not UTF-8", field, quoted(text))
	case utf8.RuneCountInString(text) > 200:
		return fmt.Errorf("%s %s: longer than 200 characters", field, quoted(text))
	case strings.Contains(text, "{{") || strings.Contains(text, "}}"):
		return fmt.Errorf("%s %s: may not hold double braces", field, quoted(text))
	}
	for _, r := range text {
		const zeroWidthJoiner = '\u200d' // emoji are made with it
		if r != zeroWidthJoiner && r != ' ' && !unicode.IsGraphic(r) {
			return fmt.Errorf("%s %s: may not hold the control character %U", field, quoted(text), r)
		}
		if unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return fmt.Errorf("%s %s: want one line", field, quoted(text))
		}
	}
	return nil
}

// quoted shows input in an error, shortened and with nothing that a terminal
// would obey.
func quoted(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
