package problem_test

import (
	"testing"

	"example.com/app/internal/limit"
	"example.com/app/internal/problem"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// sentinels is every exported error of the domain, and what a client is told.
func sentinels() map[string]sentinel {
	return map[string]sentinel{
		"user.ErrWrongCredential": {user.ErrWrongCredential, 401, "wrong-credentials"},
		"user.ErrEpochOver":       {user.ErrEpochOver, 401, "invalid-token"},
		"user.ErrWrongPassword":   {user.ErrWrongPassword, 403, "wrong-password"},
		"user.ErrNotFound":        {user.ErrNotFound, 404, "not-found"},
		"user.ErrEmailTaken":      {user.ErrEmailTaken, 409, "email-taken"},
		"user.ErrLastAdmin":       {user.ErrLastAdmin, 409, "last-admin"},

		"reservation.ErrNotFound":     {reservation.ErrNotFound, 404, "not-found"},
		"reservation.ErrRoomNotFound": {reservation.ErrRoomNotFound, 404, "not-found"},
		"reservation.ErrNameTaken":    {reservation.ErrNameTaken, 409, "room-name-taken"},
		"reservation.ErrRoomInUse":    {reservation.ErrRoomInUse, 409, "room-in-use"},
		"reservation.ErrOverlap":      {reservation.ErrOverlap, 409, "room-taken"},
		"reservation.ErrStarted":      {reservation.ErrStarted, 409, "reservation-started"},
		"reservation.ErrCancelled":    {reservation.ErrCancelled, 409, "reservation-cancelled"},
		"reservation.ErrStale":        {reservation.ErrStale, 412, "version-mismatch"},
		"reservation.ErrKeyReused":    {reservation.ErrKeyReused, 422, "key-reused"},

		"limit.ErrExceeded": {limit.ErrExceeded, 429, "rate-limited"},
	}
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	wantDescribed(t, sentinels(), problem.From)
}

// An error that is new in the domain must not end as a 500.
func TestAllSentinelsAreListed(t *testing.T) {
	t.Parallel()
	wantListed(t, sentinels(), "user", "reservation", "limit")
}
