// Package mail sends e-mails.
package mail

import (
	"context"
	"errors"
	"log/slog"
)

// ErrRefused is the outcome of a message that the mail server will never take, such
// as one to a mailbox that does not exist.
var ErrRefused = errors.New("mail: refused")

// Message is an e-mail of plain text.
type Message struct {
	ID      string // the same when the message is sent again, so that mailboxes can tell
	To      string // an address, such as ann@example.com
	Subject string
	Text    string
}

// Sender sends messages.
type Sender interface {
	// Send returns nil once somebody else has taken charge of the message. It
	// returns an error that wraps ErrRefused when another try would fail too, or
	// outage.ErrUnavailable when the mail server cannot be reached.
	Send(ctx context.Context, m Message) error
}

// Log writes messages to the log instead, without their text.
type Log struct {
	Logger *slog.Logger
}

var _ Sender = Log{}

// Send implements Sender. It never fails.
func (l Log) Send(ctx context.Context, m Message) error {
	l.Logger.InfoContext(ctx, "mail",
		slog.String("id", m.ID), slog.String("to", m.To), slog.String("subject", m.Subject))
	return nil
}
