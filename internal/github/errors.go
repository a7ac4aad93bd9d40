package github

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"
)

// The outcomes that callers tell apart.
var (
	ErrUnauthorized = errors.New("github: the token is not accepted")
	ErrForbidden    = errors.New("github: not allowed")
	ErrPlan         = errors.New("github: not in the account's plan")
	ErrNotFound     = errors.New("github: not found")
	ErrExists       = errors.New("github: exists already")
	ErrLimited      = errors.New("github: too many requests for now")
	ErrUnreachable  = errors.New("github: no answer from the server")
	ErrUnavailable  = errors.New("github: the server failed") // 5xx, or 409 while something is being made
)

// Temporary reports whether the same call may well succeed a little later. It
// may also have been carried out, so that a write has to look before it is
// repeated.
func Temporary(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrUnavailable)
}

// answer is an error with GitHub's own words.
type answer struct {
	kind error
	said string
}

func (e *answer) Error() string {
	return strings.TrimPrefix(e.kind.Error(), "github: ") + ": " + e.said
}
func (e *answer) Unwrap() error { return e.kind }

// failed wraps what the client library returned, with what was being done.
func failed(doing string, err error) error {
	return fmt.Errorf("%s: %w", doing, translate(err))
}

// translate puts one of this package's errors in the place of the library's. A
// token is in none of them: requests carry it in a header only.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, ErrLimited):
		return unwrapURL(err)
	}
	if resp, ok := errors.AsType[*github.ErrorResponse](err); ok {
		return &answer{kind: kindOf(resp), said: words(resp)}
	}
	if otp, ok := errors.AsType[*github.TwoFactorAuthError](err); ok {
		return &answer{kind: ErrUnauthorized, said: otp.Message}
	}
	if errors.Is(err, github.ErrBranchNotProtected) {
		return ErrNotFound
	}
	if _, ok := errors.AsType[net.Error](err); ok || isCut(err) {
		return &answer{kind: ErrUnreachable, said: unwrapURL(err).Error()}
	}
	return err
}

// isCut reports whether the connection ended within an answer.
func isCut(err error) bool {
	_, ok := errors.AsType[*url.Error](err)
	return ok || strings.Contains(err.Error(), "unexpected EOF")
}

// unwrapURL drops method and address, which say nothing to a user.
func unwrapURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func kindOf(e *github.ErrorResponse) error {
	switch status := e.Response.StatusCode; {
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusForbidden && strings.Contains(e.Message, "Upgrade to"):
		return ErrPlan
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusConflict || status >= http.StatusInternalServerError:
		return ErrUnavailable
	case status == http.StatusUnprocessableEntity && exists(e):
		return ErrExists
	}
	return errRefused
}

// errRefused is what no caller has to tell apart.
var errRefused = errors.New("github: refused")

func exists(e *github.ErrorResponse) bool {
	for _, problem := range e.Errors {
		if problem.Code == "already_exists" || strings.Contains(problem.Message, "already exists") {
			return true
		}
	}
	return false
}

// words joins what GitHub said into one line.
func words(e *github.ErrorResponse) string {
	said := []string{}
	if e.Message != "" {
		said = append(said, strings.TrimSuffix(e.Message, "."))
	} else {
		said = append(said, e.Response.Status)
	}
	for _, problem := range e.Errors {
		switch {
		case problem.Message != "":
			said = append(said, problem.Message)
		case problem.Field != "":
			said = append(said, problem.Field+" "+strings.ReplaceAll(problem.Code, "_", " "))
		}
	}
	return strings.Join(strings.Fields(strings.Join(said, ": ")), " ")
}
