package reservation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// Limits of a reservation.
const (
	MaxLength = 8 * time.Hour
	MaxAhead  = 365 * 24 * time.Hour
)

// Service does everything that is done with rooms and reservations. It decides by
// Policy, and its callers say for whom they ask. All fields are required.
type Service struct {
	Store  Store
	Policy auth.Policy
	Now    func() time.Time
}

// Details is what somebody says about a reservation.
type Details struct {
	RoomID uuid.UUID
	Title  string
	Period Period
}

// Create reserves a room for the actor. It returns field.Errors or ErrOverlap.
func (s *Service) Create(ctx context.Context, actor auth.Actor, d Details) (Reservation, error) {
	if _, err := s.Policy.Scope(actor, auth.CreateReservations); err != nil {
		return Reservation{}, err
	}
	now := s.now()
	if err := check(d.Title, d.Period, now); err != nil {
		return Reservation{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Reservation{}, fmt.Errorf("make reservation id: %w", err)
	}
	r := Reservation{
		ID: id, RoomID: d.RoomID, UserID: actor.ID, Title: d.Title,
		Period:  Period{Start: d.Period.Start.UTC(), End: d.Period.End.UTC()},
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	err = s.Store.Create(ctx, r)
	if errors.Is(err, ErrRoomNotFound) {
		return Reservation{}, field.Errors{{Name: "room_id", Message: "is not the id of a room"}}
	}
	if err != nil {
		return Reservation{}, err
	}
	return r, nil
}

// Get returns a reservation that the actor may see, or ErrNotFound.
func (s *Service) Get(ctx context.Context, actor auth.Actor, id uuid.UUID) (Reservation, error) {
	return s.get(ctx, actor, auth.ReadReservations, id)
}

// List returns one page of the reservations that q selects: of the actor's own,
// or of everybody's for whoever may read them. To ask for somebody else's
// without that right is auth.ErrForbidden.
func (s *Service) List(ctx context.Context, actor auth.Actor, q Query) (page.List[Reservation], error) {
	scope, err := s.Policy.Scope(actor, auth.ReadReservations)
	if err != nil {
		return page.List[Reservation]{}, err
	}
	if scope == auth.Own {
		if q.UserID != nil && *q.UserID != actor.ID {
			return page.List[Reservation]{}, auth.ErrForbidden
		}
		q.UserID = &actor.ID
	}
	return s.Store.List(ctx, q)
}

// Change is what somebody changes about a reservation. Nil fields stay.
type Change struct {
	Title *string
	Start *time.Time
	End   *time.Time
}

// Reschedule changes a reservation that has the version given and has not
// started. It returns ErrNotFound, ErrStale, ErrCancelled, ErrStarted,
// field.Errors or ErrOverlap.
func (s *Service) Reschedule(ctx context.Context, actor auth.Actor, id uuid.UUID, version int, c Change) (Reservation, error) {
	r, err := s.changeable(ctx, actor, id, version)
	if err != nil {
		return Reservation{}, err
	}
	if r.CancelledAt != nil {
		return Reservation{}, ErrCancelled
	}
	if c.Title != nil {
		r.Title = *c.Title
	}
	if c.Start != nil {
		r.Period.Start = c.Start.UTC()
	}
	if c.End != nil {
		r.Period.End = c.End.UTC()
	}
	r.UpdatedAt = s.now()
	if err := check(r.Title, r.Period, r.UpdatedAt); err != nil {
		return Reservation{}, err
	}
	return s.Store.Update(ctx, r)
}

// Cancel frees the room. Cancelling again changes nothing and is no error. It returns ErrNotFound, ErrStale or ErrStarted.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, id uuid.UUID, version int) (Reservation, error) {
	r, err := s.changeable(ctx, actor, id, version)
	if err != nil || r.CancelledAt != nil {
		return r, err
	}
	now := s.now()
	r.CancelledAt, r.UpdatedAt = &now, now
	return s.Store.Update(ctx, r)
}

// changeable returns a reservation that the actor may change: theirs, of the
// version that they have seen, and not yet started.
func (s *Service) changeable(ctx context.Context, actor auth.Actor, id uuid.UUID, version int) (Reservation, error) {
	r, err := s.get(ctx, actor, auth.ChangeReservations, id)
	switch {
	case err != nil:
		return Reservation{}, err
	case version != AnyVersion && version != r.Version:
		return Reservation{}, ErrStale
	case r.CancelledAt == nil && !s.Now().Before(r.Period.Start):
		return Reservation{}, ErrStarted
	}
	return r, nil
}

// get hides what belongs to others: not even that it exists may be learned.
func (s *Service) get(ctx context.Context, actor auth.Actor, action auth.Action, id uuid.UUID) (Reservation, error) {
	scope, err := s.Policy.Scope(actor, action)
	if err != nil {
		return Reservation{}, err
	}
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return Reservation{}, err
	}
	if scope == auth.Own && r.UserID != actor.ID {
		return Reservation{}, ErrNotFound
	}
	return r, nil
}

// check holds the limits at the moment now.
func check(title string, p Period, now time.Time) error {
	var errs field.Errors
	errs.Text("title", title, 1, 200)
	switch {
	case !wholeMinute(p.Start):
		errs.Add("starts_at", "must be a whole minute")
	case p.Start.Before(now):
		errs.Add("starts_at", "must not be in the past")
	case p.Start.After(now.Add(MaxAhead)):
		errs.Add("starts_at", "must be at most %d days ahead", int(MaxAhead.Hours()/24))
	}
	switch {
	case !wholeMinute(p.End):
		errs.Add("ends_at", "must be a whole minute")
	case !p.End.After(p.Start):
		errs.Add("ends_at", "must be after starts_at")
	case p.End.Sub(p.Start) > MaxLength:
		errs.Add("ends_at", "must be at most %d hours after starts_at", int(MaxLength.Hours()))
	}
	return errs.Err()
}

func wholeMinute(t time.Time) bool { return t.Equal(t.Truncate(time.Minute)) }

// now is the present as a store keeps it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
