package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	goredis "github.com/redis/go-redis/v9"

	"example.com/app/internal/outage"
)

// Cause says what an error comes down to that means no answer: ctx is done, or Redis
// is away (outage.ErrUnavailable). All else stays as it is, such as what Redis
// answers to a wrong command, or that there is no such key.
//
// Only the text of the library's error is kept. It may be a timeout of our own,
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
	var network net.Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &network), // or a deadline, of the caller's or our own
		errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, goredis.ErrPoolTimeout),
		errors.Is(err, goredis.ErrPoolExhausted),
		errors.Is(err, goredis.ErrClosed):
		return true
	default:
		return cannotServe(err)
	}
}

// cannotServe knows the replies by which Redis says that it cannot serve now: it
// starts, fails over, or has too many clients.
func cannotServe(err error) bool {
	return goredis.IsLoadingError(err) ||
		goredis.IsMasterDownError(err) ||
		goredis.IsReadOnlyError(err) ||
		goredis.IsClusterDownError(err) ||
		goredis.IsTryAgainError(err) ||
		goredis.IsMaxClientsError(err)
}
