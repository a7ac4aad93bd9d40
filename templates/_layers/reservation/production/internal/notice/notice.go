// Package notice tells people by e-mail what has happened to their reservations.
package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/mail"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// The kinds of jobs.
const (
	Confirmed   = "reservation.confirmed"
	Rescheduled = "reservation.rescheduled"
	Cancelled   = "reservation.cancelled"
)

// Kinds returns every kind of job.
func Kinds() []string { return []string{Confirmed, Rescheduled, Cancelled} }

// payload is a reservation as it was when the job was made. A worker of another
// version may read it: fields are added, and never renamed.
type payload struct {
	ReservationID uuid.UUID `json:"reservation_id"`
	RoomID        uuid.UUID `json:"room_id"`
	UserID        uuid.UUID `json:"user_id"`
	Title         string    `json:"title"`
	StartsAt      time.Time `json:"starts_at"`
	EndsAt        time.Time `json:"ends_at"`
}

// Job returns the job to tell people of the last change of r.
func Job(r reservation.Reservation) (job.Job, error) {
	kind := Rescheduled
	switch {
	case r.Status() == reservation.Cancelled:
		kind = Cancelled
	case r.Version == 1:
		kind = Confirmed
	}
	return job.New(kind, payload{
		ReservationID: r.ID, RoomID: r.RoomID, UserID: r.UserID, Title: r.Title,
		StartsAt: r.Period.Start, EndsAt: r.Period.End,
	}, r.UpdatedAt)
}

// Group is the group of consumers that write e-mails.
const Group = "mail"

// Writer writes the e-mails. All fields are required.
type Writer struct {
	Users user.Store
	Rooms reservation.Store
	Inbox job.Inbox
	Mail  mail.Sender
}

// Handle is the handler of the jobs. It sends one e-mail for each, however often the
// queue hands it out, but for the moment that [job.Inbox] speaks of. An account that
// no longer exists gets none, and that is no failure.
func (w *Writer) Handle(ctx context.Context, j job.Job) error {
	said, known := wording(j.Kind)
	if !known {
		return fmt.Errorf("%w: unknown kind %q", job.ErrHopeless, j.Kind)
	}
	var p payload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("%w: decode payload: %w", job.ErrHopeless, err)
	}
	u, err := w.Users.Get(ctx, p.UserID)
	if errors.Is(err, user.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	room, err := w.Rooms.Room(ctx, p.RoomID)
	if err != nil {
		return err
	}
	message := mail.Message{
		ID:      j.ID.String(),
		To:      u.Email,
		Subject: said.subject + ": " + room.Name,
		Text:    text(said, room, p),
	}
	err = w.Inbox.Once(ctx, Group, j.ID, func(ctx context.Context) error { return w.Mail.Send(ctx, message) })
	if errors.Is(err, mail.ErrRefused) {
		return fmt.Errorf("%w: %w", job.ErrHopeless, err)
	}
	return err
}

// words is what an e-mail of one kind says.
type words struct {
	subject string
	first   string // line of the text
}

func wording(kind string) (words, bool) {
	switch kind {
	case Confirmed:
		return words{"Confirmed", "your reservation is confirmed."}, true
	case Rescheduled:
		return words{"Changed", "your reservation has changed. It is now:"}, true
	case Cancelled:
		return words{"Cancelled", "your reservation is cancelled. It was:"}, true
	default:
		return words{}, false
	}
}

// text does not begin with what the account calls itself, nor does the subject hold
// the title: the address may be somebody else's, and the words in front are ours.
func text(said words, room reservation.Room, p payload) string {
	const moment = "Mon 2 Jan 2006 15:04 MST"
	return fmt.Sprintf("Hello,\n\n%s\n\n  %s\n  %s\n  from %s\n  to   %s\n\nReservation %s\n",
		said.first, p.Title, room.Name,
		p.StartsAt.UTC().Format(moment), p.EndsAt.UTC().Format(moment), p.ReservationID)
}
