// Package field collects what is wrong with the fields of a request, so that
// one answer can name all of them.
package field

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is what is wrong with one field. Name is the field's name as the client
// wrote it, such as `pages`; Message continues it: "must be at least 1".
type Error struct {
	Name    string
	Message string
}

// Errors is an error for well-formed input with unacceptable values.
type Errors []Error

func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Name + " " + f.Message
	}
	return strings.Join(parts, "; ")
}

// Add notes a field and what is wrong with it.
func (e *Errors) Add(name, format string, args ...any) {
	*e = append(*e, Error{Name: name, Message: fmt.Sprintf(format, args...)})
}

// Text demands between least and most characters, not all of them blank, and none
// a control character: PostgreSQL cannot store a NUL, and no name or title needs
// the rest.
func (e *Errors) Text(name, value string, least, most int) {
	switch length := utf8.RuneCountInString(value); {
	case !Printable(value):
		e.Add(name, "must not contain control characters")
	case least > 0 && strings.TrimSpace(value) == "":
		e.Add(name, "must not be blank")
	case length < least:
		e.Add(name, "must have at least %d characters", least)
	case length > most:
		e.Add(name, "must have at most %d characters", most)
	}
}

// Err returns e, or nil where nothing was noted.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// Printable says whether s is valid UTF-8 without control characters.
func Printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
