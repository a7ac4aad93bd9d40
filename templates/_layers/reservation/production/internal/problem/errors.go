package problem

import (
	"net/http"

	"example.com/app/internal/limit"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// From returns the problem document for err.
func From(err error) Problem { return Describe(err, append(outcomes(), Common()...)) }

// outcomes lists the errors of the domain that a client is told about.
func outcomes() []Outcome {
	return []Outcome{
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

		{limit.ErrExceeded, http.StatusTooManyRequests, "rate-limited", "Too many requests; Retry-After says when to come again"},
	}
}
