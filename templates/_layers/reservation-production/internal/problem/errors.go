package problem

import (
	"context"
	"errors"
	"net/http"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/limit"
	"example.com/app/internal/outage"
	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// Errors of the transport itself.
var (
	ErrNoRoute  = errors.New("no such route")
	ErrNoMethod = errors.New("no such method")
)

// outcomes lists every error that a client is told about.
func outcomes() []outcome {
	return []outcome{
		{ErrNoRoute, http.StatusNotFound, "not-found", "There is nothing at this path"},
		{ErrNoMethod, http.StatusMethodNotAllowed, "method-not-allowed", "This path does not support the method"},
		{request.ErrMediaType, http.StatusUnsupportedMediaType, "unsupported-media-type", "The body must be application/json"},
		{request.ErrTooLarge, http.StatusRequestEntityTooLarge, "body-too-large", "The body is too long"},
		{request.ErrNoIfMatch, http.StatusPreconditionRequired, "if-match-required", "Say in If-Match which version you mean"},
		{limit.ErrExceeded, http.StatusTooManyRequests, "rate-limited", "Too many requests; Retry-After says when to come again"},

		{auth.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated", "Log in first"},
		{auth.ErrTokenReused, http.StatusUnauthorized, "token-reused", "This refresh token was used before; the session has ended"},
		{auth.ErrTokenInvalid, http.StatusUnauthorized, "invalid-token", "The token is not valid, or no longer"},
		{auth.ErrForbidden, http.StatusForbidden, "forbidden", "Your role does not allow this"},

		{user.ErrWrongCredential, http.StatusUnauthorized, "wrong-credentials", "E-mail address or password is wrong"},
		{user.ErrEpochOver, http.StatusUnauthorized, "invalid-token", "The token is not valid, or no longer"},
		{user.ErrWrongPassword, http.StatusForbidden, "wrong-password", "The current password is wrong"},
		{user.ErrNotFound, http.StatusNotFound, "not-found", "There is no such account"},
		{user.ErrEmailTaken, http.StatusConflict, "email-taken", "There is an account with this e-mail address"},
		{user.ErrLastAdmin, http.StatusConflict, "last-admin", "The last active admin must stay one"},

		{reservation.ErrNotFound, http.StatusNotFound, "not-found", "There is no such reservation"},
		{reservation.ErrRoomNotFound, http.StatusNotFound, "not-found", "There is no such room"},
		{reservation.ErrNameTaken, http.StatusConflict, "room-name-taken", "There is a room with this name"},
		{reservation.ErrRoomInUse, http.StatusConflict, "room-in-use", "The room has reservations"},
		{reservation.ErrOverlap, http.StatusConflict, "room-taken", "The room is taken at that time"},
		{reservation.ErrStarted, http.StatusConflict, "reservation-started", "The reservation has started"},
		{reservation.ErrCancelled, http.StatusConflict, "reservation-cancelled", "The reservation is cancelled"},
		{reservation.ErrKeyReused, http.StatusUnprocessableEntity, "key-reused", "The Idempotency-Key came before with another request"},
		{reservation.ErrStale, http.StatusPreconditionFailed, "version-mismatch", "It was changed since you read it"},

		{outage.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Try again in a moment"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable", "Try again in a moment"},
	}
}

// From returns the problem document for err. What it does not know is an
// internal error, of which nothing is told.
func From(err error) Problem {
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
	if p, ok := find(outcomes(), err); ok {
		return p
	}
	return Problem{
		Type: typePrefix + "internal", Status: http.StatusInternalServerError,
		Title: "Something went wrong on our side",
	}
}
