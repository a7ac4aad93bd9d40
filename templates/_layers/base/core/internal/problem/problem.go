// Package problem turns errors into problem documents (RFC 9457): what a client
// may know of a failure, and nothing more.
package problem

import (
	"errors"
	"net/http"

	"example.com/app/internal/field"
	"example.com/app/internal/request"
)

// ContentType is the media type of a problem document.
const ContentType = "application/problem+json"

// Problem is a problem document.
type Problem struct {
	Type   string  `json:"type"` // a name that never changes: what clients decide by
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Errors []Field `json:"errors,omitempty"`
}

// Field says what is wrong with one part of the request.
type Field struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

const typePrefix = "urn:problem-type:"

func (p Problem) withFields(errs field.Errors) Problem {
	for _, e := range errs {
		p.Errors = append(p.Errors, Field{Field: e.Name, Message: e.Message})
	}
	return p
}

// Outcome is the problem that an error, and whatever wraps it, stands for.
type Outcome struct {
	Err    error
	Status int
	Name   string // of the type
	Title  string
}

// Describe returns the problem document for err: the first of outcomes that it is. What
// it does not know is an internal error, of which nothing is told.
func Describe(err error, outcomes []Outcome) Problem {
	if malformed, ok := errors.AsType[*request.MalformedError](err); ok {
		return Problem{
			Type: typePrefix + "malformed-request", Status: http.StatusBadRequest,
			Title: "The request cannot be read", Detail: malformed.Detail,
		}.withFields(malformed.Fields)
	}
	if fields, ok := errors.AsType[field.Errors](err); ok {
		return Problem{
			Type: typePrefix + "invalid-fields", Status: http.StatusUnprocessableEntity,
			Title: "Some fields have unacceptable values",
		}.withFields(fields)
	}
	for _, o := range outcomes {
		if errors.Is(err, o.Err) {
			return Problem{Type: typePrefix + o.Name, Status: o.Status, Title: o.Title}
		}
	}
	return Problem{
		Type: typePrefix + "internal", Status: http.StatusInternalServerError,
		Title: "Something went wrong on our side",
	}
}
