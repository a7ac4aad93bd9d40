package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/outage"
)

// cause says what an error comes down to that means no answer: ctx is done, or
// RabbitMQ is away (outage.ErrUnavailable). All else stays as it is.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch left := ctx.Err(); {
	case left != nil:
		return fmt.Errorf("%w: %s", left, err.Error())
	case unanswered(err):
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, err.Error())
	default:
		return err
	}
}

func unanswered(err error) bool {
	var (
		network net.Error
		broker  *amqp.Error
	)
	switch {
	case errors.As(err, &network), // or a deadline, of the caller's or our own
		errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, errRefused):
		return true
	case errors.As(err, &broker):
		return !wrong(broker.Code)
	default:
		return false
	}
}

// wrong knows the codes that come again however often one tries.
// https://www.rabbitmq.com/amqp-0-9-1-reference#constants
func wrong(code int) bool {
	switch code {
	case amqp.AccessRefused, // wrong password, too
		amqp.PreconditionFailed, // a queue exists with other arguments
		amqp.SyntaxError,
		amqp.CommandInvalid,
		amqp.NotAllowed, // no such virtual host
		amqp.NotImplemented:
		return true
	default:
		return false
	}
}
