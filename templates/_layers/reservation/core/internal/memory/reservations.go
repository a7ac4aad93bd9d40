package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

// Reservations keeps rooms and reservations. The zero value is empty and ready
// for use.
type Reservations struct {
	mu           sync.Mutex
	rooms        map[uuid.UUID]reservation.Room
	reservations map[uuid.UUID]reservation.Reservation
}

var _ reservation.Store = (*Reservations)(nil)

// Create implements reservation.Store.
func (s *Reservations) Create(_ context.Context, r reservation.Reservation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.rooms[r.RoomID]; !ok {
		return fmt.Errorf("create reservation: %w", reservation.ErrRoomNotFound)
	}
	r = stored(r)
	if s.overlaps(r) {
		return fmt.Errorf("create reservation: %w", reservation.ErrOverlap)
	}
	if s.reservations == nil {
		s.reservations = make(map[uuid.UUID]reservation.Reservation)
	}
	s.reservations[r.ID] = r
	return nil
}

// Get implements reservation.Store.
func (s *Reservations) Get(_ context.Context, id uuid.UUID) (reservation.Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.reservations[id]
	if !ok {
		return reservation.Reservation{}, fmt.Errorf("get reservation %s: %w", id, reservation.ErrNotFound)
	}
	return stored(r), nil
}

// List implements reservation.Store.
func (s *Reservations) List(_ context.Context, q reservation.Query) (page.List[reservation.Reservation], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var selected []reservation.Reservation
	for _, r := range s.reservations {
		if (q.UserID == nil || *q.UserID == r.UserID) &&
			(q.RoomID == nil || *q.RoomID == r.RoomID) &&
			(q.Status == nil || *q.Status == r.Status()) &&
			(q.From == nil || r.Period.End.After(moment(*q.From))) &&
			(q.To == nil || r.Period.Start.Before(moment(*q.To))) {
			selected = append(selected, stored(r))
		}
	}
	orders := map[string]func(a, b reservation.Reservation) int{
		"starts_at":  func(a, b reservation.Reservation) int { return a.Period.Start.Compare(b.Period.Start) },
		"created_at": func(a, b reservation.Reservation) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	reservations, err := page.Of(selected, q.Page, orders, func(r reservation.Reservation) uuid.UUID { return r.ID })
	if err != nil {
		return reservations, fmt.Errorf("list reservations: %w", err)
	}
	return reservations, nil
}

// Update implements reservation.Store.
func (s *Reservations) Update(_ context.Context, r reservation.Reservation) (reservation.Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	updated, ok := s.reservations[r.ID]
	if !ok {
		return reservation.Reservation{}, fmt.Errorf("update reservation %s: %w", r.ID, reservation.ErrNotFound)
	}
	if updated.Version != r.Version {
		return reservation.Reservation{}, fmt.Errorf("update reservation %s: %w", r.ID, reservation.ErrStale)
	}
	updated.Title = r.Title
	updated.Period = r.Period
	updated.CancelledAt = r.CancelledAt
	updated.UpdatedAt = r.UpdatedAt
	updated.Version++
	updated = stored(updated)
	if s.overlaps(updated) {
		return reservation.Reservation{}, fmt.Errorf("update reservation %s: %w", r.ID, reservation.ErrOverlap)
	}
	s.reservations[r.ID] = updated
	return stored(updated), nil
}

// overlaps says whether r stands in the way of another confirmed reservation.
func (s *Reservations) overlaps(r reservation.Reservation) bool {
	if r.Status() == reservation.Cancelled {
		return false
	}
	for _, other := range s.reservations {
		if other.ID != r.ID && other.RoomID == r.RoomID &&
			other.Status() == reservation.Confirmed && other.Period.Overlaps(r.Period) {
			return true
		}
	}
	return false
}

// stored is r as the store keeps it: with times that are exact to the
// microsecond, and nothing that a caller could change later.
func stored(r reservation.Reservation) reservation.Reservation {
	r.Period.Start = moment(r.Period.Start)
	r.Period.End = moment(r.Period.End)
	r.CreatedAt = moment(r.CreatedAt)
	r.UpdatedAt = moment(r.UpdatedAt)
	if r.CancelledAt != nil {
		r.CancelledAt = new(moment(*r.CancelledAt))
	}
	return r
}
