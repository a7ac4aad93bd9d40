package generator

import "fmt"

// Error is an error for the user: it says what is wrong and how to go on.
type Error struct {
	// Field is the wrong part of a spec, one of Catalog.Keys, or "preset"; ""
	// where the error is not about what the user chose.
	Field   string
	Message string
	Hint    string // what the user can do; "" where nothing is known to help
	Err     error  // the cause; nil where there is none
}

// Error returns the message, without the hint.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error with a hint. Its message is that of fmt.Errorf, and so
// is what it wraps.
func Errorf(hint, format string, args ...any) *Error {
	return WithHint(fmt.Errorf(format, args...), hint)
}

// WithHint returns err, which must not be nil, as an Error with a hint.
func WithHint(err error, hint string) *Error {
	return &Error{Message: err.Error(), Hint: hint, Err: err}
}

// DidYouMean puts the candidate that word is a misspelling of before a hint.
func DidYouMean(word string, candidates []string, hint string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %s? %s", near, hint)
	}
	return hint
}
