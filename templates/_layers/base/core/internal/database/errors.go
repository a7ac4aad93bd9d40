package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"example.com/app/internal/outage"
)

// Cause says what an error comes down to that means no answer: ctx is done, or
// the database is away (outage.ErrUnavailable). All else stays as it is.
//
// Only the text of the driver's error is kept. It may be a timeout of our own,
// which looks like a context's, and would pass for a client that left.
func Cause(ctx context.Context, err error) error {
	switch left := ctx.Err(); {
	case !unanswered(err):
		return err
	case left != nil:
		return fmt.Errorf("%w: %s", left, err.Error())
	default:
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, err.Error())
	}
}

func unanswered(err error) bool {
	var (
		network net.Error
		connect *pgconn.ConnectError
		server  *pgconn.PgError
	)
	switch {
	case errors.As(err, &connect),
		errors.As(err, &network), // or a deadline, of the caller's or our own
		errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, pgconn.ErrConnClosed),
		errors.Is(err, puddle.ErrClosedPool):
		return true
	case errors.As(err, &server):
		return unavailableCode(server.Code)
	default:
		return false
	}
}

// unavailableCode knows the codes by which a server says that it cannot serve
// now: https://www.postgresql.org/docs/current/errcodes-appendix.html
func unavailableCode(code string) bool {
	switch code {
	case "25P03", // idle_in_transaction_session_timeout
		"55P03": // lock_not_available, after lock_timeout
		return true
	}
	switch code[:min(2, len(code))] {
	case "08", // connection exception
		"53", // insufficient resources, such as too_many_connections
		"57": // operator intervention: shutdown, start-up, statement_timeout
		return true
	}
	return false
}

// Violates says whether err is the violation of the constraint, or of the unique
// index, with the name given.
func Violates(err error, constraint string) bool {
	server, ok := errors.AsType[*pgconn.PgError](err)
	return ok && server.ConstraintName == constraint
}

// OrNotFound replaces the driver's word for an empty result.
func OrNotFound(err, notFound error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return notFound
	}
	return err
}
