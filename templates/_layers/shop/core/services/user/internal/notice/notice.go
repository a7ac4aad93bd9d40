// Package notice tells customers by e-mail what has become of their orders. It is here
// because only this service knows their addresses.
package notice

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/mail"
	"example.com/app/platform/bus"
	"example.com/app/services/user/internal/account"
)

// Consumer is the name under which this is known to bus and inbox.
const Consumer = "user-notices"

// Inbox remembers which events were told of.
type Inbox interface {
	Seen(ctx context.Context, messageID string) (bool, error)
	Note(ctx context.Context, messageID string) error
}

// Orders returns what tells customers of the ends of their orders.
func Orders(accounts account.Store, inbox Inbox, sender mail.Sender) bus.Consumer {
	w := &writer{accounts: accounts, inbox: inbox, sender: sender}
	return bus.Consumer{
		Name: Consumer,
		Handlers: bus.Handlers{
			events.OrderCompletedV1: bus.Decoded(w.completed),
			events.OrderCancelledV1: bus.Decoded(w.cancelled),
		},
	}
}

type writer struct {
	accounts account.Store
	inbox    Inbox
	sender   mail.Sender
}

func (w *writer) completed(ctx context.Context, e events.Event, order events.OrderCompleted) error {
	return w.write(ctx, e, order.CustomerID, "Your order is complete",
		fmt.Sprintf("Your order %s is paid for and on its way to you.", order.OrderID))
}

func (w *writer) cancelled(ctx context.Context, e events.Event, order events.OrderCancelled) error {
	return w.write(ctx, e, order.CustomerID, "Your order is cancelled",
		fmt.Sprintf("Nothing came of your order %s (%s). What was paid is paid back.", order.OrderID, order.Reason))
}

// write sends under the event's id, so that a mail program can tell what came twice: when
// the process ends after the mail server has the e-mail, it is sent again.
func (w *writer) write(ctx context.Context, e events.Event, customerID uuid.UUID, subject, text string) error {
	seen, err := w.inbox.Seen(ctx, e.ID)
	if err != nil || seen {
		return err
	}
	customer, err := w.accounts.Get(ctx, customerID)
	if errors.Is(err, account.ErrNotFound) {
		return errors.Join(bus.ErrPermanent, err)
	}
	if err != nil {
		return err
	}
	err = w.sender.Send(ctx, mail.Message{
		ID: e.ID, To: customer.Email, Subject: subject, Text: "Hello " + customer.Name + ",\n\n" + text + "\n",
	})
	if errors.Is(err, mail.ErrRefused) {
		return errors.Join(bus.ErrPermanent, err)
	}
	if err != nil {
		return err
	}
	return w.inbox.Note(ctx, e.ID)
}
