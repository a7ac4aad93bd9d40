package generator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"
)

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
