package problem

import (
	"context"
	"errors"
	"net/http"

	"example.com/app/internal/auth"
	"example.com/app/internal/outage"
	"example.com/app/internal/request"
)

// Errors of the transport itself.
var (
	ErrNoRoute  = errors.New("no such route")
	ErrNoMethod = errors.New("no such method")
)

// Common returns the outcomes that have nothing to do with what a program is about.
func Common() []Outcome {
	return []Outcome{
		{ErrNoRoute, http.StatusNotFound, "not-found", "There is nothing at this path"},
		{ErrNoMethod, http.StatusMethodNotAllowed, "method-not-allowed", "This path does not support the method"},
		{request.ErrMediaType, http.StatusUnsupportedMediaType, "unsupported-media-type", "The body must be application/json"},
		{request.ErrTooLarge, http.StatusRequestEntityTooLarge, "body-too-large", "The body is too long"},
		{request.ErrNoIfMatch, http.StatusPreconditionRequired, "if-match-required", "Say in If-Match which version you mean"},

		{auth.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated", "Log in first"},
		{auth.ErrTokenReused, http.StatusUnauthorized, "token-reused", "This refresh token was used before; the session has ended"},
		{auth.ErrTokenInvalid, http.StatusUnauthorized, "invalid-token", "The token is not valid, or no longer"},
		{auth.ErrForbidden, http.StatusForbidden, "forbidden", "Your role does not allow this"},

		{outage.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Try again in a moment"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable", "Try again in a moment"},
	}
}
