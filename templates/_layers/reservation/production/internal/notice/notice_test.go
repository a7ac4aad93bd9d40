package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/job"
	"example.com/app/internal/mail"
	"example.com/app/internal/memory"
	"example.com/app/internal/notice"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// postbox keeps what is sent.
type postbox struct {
	messages []mail.Message
	err      error
}

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.messages = append(p.messages, m)
	return p.err
}

// office is a writer with one reservation to write about.
func office(t *testing.T) (*notice.Writer, *postbox, reservation.Reservation) {
	t.Helper()
	now := time.Date(2030, time.March, 4, 8, 0, 0, 0, time.UTC)
	ann := user.User{ID: uuid.New(), Email: "ann@example.com", Name: "Ann", Role: auth.RoleUser, Active: true}
	room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 4, Version: 1}
	users, rooms, box := new(memory.Users), new(memory.Reservations), new(postbox)
	if err := errors.Join(users.Create(t.Context(), ann), rooms.CreateRoom(t.Context(), room)); err != nil {
		t.Fatal(err)
	}
	r := reservation.Reservation{
		ID: uuid.New(), RoomID: room.ID, UserID: ann.ID, Title: "Retro", Version: 1, CreatedAt: now, UpdatedAt: now,
		Period: reservation.Period{Start: now.Add(time.Hour), End: now.Add(2 * time.Hour)},
	}
	return &notice.Writer{Users: users, Rooms: rooms, Inbox: new(memory.Inbox), Mail: box}, box, r
}

func newJob(t *testing.T, r reservation.Reservation) job.Job {
	t.Helper()
	j, err := notice.Job(r)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestEachChangeHasItsWords(t *testing.T) {
	tests := []struct {
		name   string
		change func(*reservation.Reservation)
		kind   string
		want   []string // in subject and text
	}{
		{"created", func(*reservation.Reservation) {}, notice.Confirmed, []string{"Confirmed: Merapi", "is confirmed"}},
		{"changed", func(r *reservation.Reservation) { r.Version = 2 }, notice.Rescheduled, []string{"Changed: Merapi", "has changed"}},
		{"cancelled", func(r *reservation.Reservation) { r.Version, r.CancelledAt = 2, &r.UpdatedAt }, notice.Cancelled, []string{"Cancelled: Merapi", "is cancelled"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			writer, box, r := office(t)
			test.change(&r)
			j := newJob(t, r)
			if j.Kind != test.kind || !j.CreatedAt.Equal(r.UpdatedAt) {
				t.Errorf("Job() = %s at %v, want %s at the time of the change", j.Kind, j.CreatedAt, test.kind)
			}
			if err := writer.Handle(t.Context(), j); err != nil || len(box.messages) != 1 {
				t.Fatalf("Handle() = %v and %d messages, want one", err, len(box.messages))
			}
			got := box.messages[0]
			if got.To != "ann@example.com" || got.ID != j.ID.String() {
				t.Errorf("message %s to %s, want %s to ann@example.com", got.ID, got.To, j.ID)
			}
			everywhere := []string{"Hello,", "Retro", "Merapi", "from Mon 4 Mar 2030 09:00 UTC", "to   Mon 4 Mar 2030 10:00 UTC", r.ID.String()}
			for _, part := range slices.Concat(test.want, everywhere) {
				if !strings.Contains(got.Subject+"\n"+got.Text, part) {
					t.Errorf("message %q, %q, want it to say %q", got.Subject, got.Text, part)
				}
			}
		})
	}
}

// A job that comes again after it was done brings no second e-mail, and one that
// failed does.
func TestOneMailForEachJob(t *testing.T) {
	writer, box, r := office(t)
	j := newJob(t, r)
	box.err = errors.New("away")
	if err := writer.Handle(t.Context(), j); err == nil {
		t.Error("Handle() = nil, want the error of the mail server")
	}
	box.err = nil
	for range 3 {
		if err := writer.Handle(t.Context(), j); err != nil {
			t.Errorf("Handle() = %v, want nil", err)
		}
	}
	if len(box.messages) != 2 {
		t.Errorf("%d tries to send, want the failed one and one more", len(box.messages))
	}
}

func TestKindsAreKnown(t *testing.T) {
	for _, kind := range notice.Kinds() {
		writer, box, r := office(t)
		j := newJob(t, r)
		j.Kind = kind
		if err := writer.Handle(t.Context(), j); err != nil || len(box.messages) != 1 {
			t.Errorf("Handle(%s) = %v and %d messages, want one", kind, err, len(box.messages))
		}
	}
}

func TestFailures(t *testing.T) {
	tests := []struct {
		name     string
		job      func(*job.Job)
		mail     error
		hopeless bool
	}{
		{"an unknown kind", func(j *job.Job) { j.Kind = "reservation.eaten" }, nil, true},
		{"a payload that is none", func(j *job.Job) { j.Payload = json.RawMessage(`[`) }, nil, true},
		{"an address that is refused", func(*job.Job) {}, fmt.Errorf("send: %w", mail.ErrRefused), true},
		{"a mail server that is away", func(*job.Job) {}, errors.New("away"), false},
		{"a room that is not there", func(j *job.Job) { j.Payload = []byte(strings.Replace(string(j.Payload), `"room_id":"`, `"x":"`, 1)) }, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			writer, box, r := office(t)
			box.err = test.mail
			j := newJob(t, r)
			test.job(&j)
			err := writer.Handle(t.Context(), j)
			if err == nil || errors.Is(err, job.ErrHopeless) != test.hopeless {
				t.Errorf("Handle() = error %v, want one that is hopeless: %t", err, test.hopeless)
			}
		})
	}
}

func TestNobodyIsTold(t *testing.T) {
	writer, box, r := office(t)
	r.UserID = uuid.New()
	if err := writer.Handle(t.Context(), newJob(t, r)); err != nil || len(box.messages) != 0 {
		t.Errorf("Handle() for an account that is gone = %v and %d messages, want neither", err, len(box.messages))
	}
}
