// Package problem turns errors into problem documents (RFC 9457): what a client
// may know of a failure, and nothing more.
package problem

import (
	"errors"

	"github.com/acme/reservation-api/internal/field"
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

// outcome is the problem that an error stands for.
type outcome struct {
	err    error
	status int
	name   string // of the type
	title  string
}

func find(outcomes []outcome, err error) (Problem, bool) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return Problem{Type: typePrefix + o.name, Status: o.status, Title: o.title}, true
		}
	}
	return Problem{}, false
}
