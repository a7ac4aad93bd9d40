package memory

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

// CreateRoom implements reservation.Store.
func (s *Reservations) CreateRoom(_ context.Context, r reservation.Room) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nameTaken(r) {
		return fmt.Errorf("create room: %w", reservation.ErrNameTaken)
	}
	if s.rooms == nil {
		s.rooms = make(map[uuid.UUID]reservation.Room)
	}
	r.CreatedAt = moment(r.CreatedAt)
	r.UpdatedAt = moment(r.UpdatedAt)
	s.rooms[r.ID] = r
	return nil
}

// Room implements reservation.Store.
func (s *Reservations) Room(_ context.Context, id uuid.UUID) (reservation.Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rooms[id]
	if !ok {
		return reservation.Room{}, fmt.Errorf("get room %s: %w", id, reservation.ErrRoomNotFound)
	}
	return r, nil
}

// Rooms implements reservation.Store.
func (s *Reservations) Rooms(_ context.Context, q reservation.RoomQuery) (page.List[reservation.Room], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var selected []reservation.Room
	for _, r := range s.rooms {
		if r.Capacity >= q.MinCapacity &&
			(q.Text == "" || hasWords(r.Name+" "+r.Description, q.Text)) &&
			(q.Free == nil || s.free(r.ID, *q.Free)) {
			selected = append(selected, r)
		}
	}
	orders := map[string]func(a, b reservation.Room) int{
		"name":       func(a, b reservation.Room) int { return cmp.Compare(folded(a), folded(b)) },
		"capacity":   func(a, b reservation.Room) int { return cmp.Compare(a.Capacity, b.Capacity) },
		"created_at": func(a, b reservation.Room) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	rooms, err := page.Of(selected, q.Page, orders, func(r reservation.Room) uuid.UUID { return r.ID })
	if err != nil {
		return rooms, fmt.Errorf("list rooms: %w", err)
	}
	return rooms, nil
}

// UpdateRoom implements reservation.Store.
func (s *Reservations) UpdateRoom(_ context.Context, r reservation.Room) (reservation.Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := s.roomOfVersion(r.ID, r.Version)
	if err == nil && s.nameTaken(r) {
		err = reservation.ErrNameTaken
	}
	if err != nil {
		return reservation.Room{}, fmt.Errorf("update room %s: %w", r.ID, err)
	}
	r.CreatedAt = before.CreatedAt
	r.UpdatedAt = moment(r.UpdatedAt)
	r.Version++
	s.rooms[r.ID] = r
	return r, nil
}

// DeleteRoom implements reservation.Store.
func (s *Reservations) DeleteRoom(_ context.Context, id uuid.UUID, version int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.roomOfVersion(id, version); err != nil {
		return fmt.Errorf("delete room %s: %w", id, err)
	}
	for _, r := range s.reservations {
		if r.RoomID == id {
			return fmt.Errorf("delete room %s: %w", id, reservation.ErrRoomInUse)
		}
	}
	delete(s.rooms, id)
	return nil
}

func (s *Reservations) roomOfVersion(id uuid.UUID, version int) (reservation.Room, error) {
	r, ok := s.rooms[id]
	switch {
	case !ok:
		return reservation.Room{}, reservation.ErrRoomNotFound
	case r.Version != version:
		return reservation.Room{}, reservation.ErrStale
	default:
		return r, nil
	}
}

// folded is what the database compares and sorts names by.
func folded(r reservation.Room) string { return strings.ToLower(r.Name) }

func (s *Reservations) nameTaken(r reservation.Room) bool {
	for _, other := range s.rooms {
		if other.ID != r.ID && folded(other) == folded(r) {
			return true
		}
	}
	return false
}

func (s *Reservations) free(room uuid.UUID, period reservation.Period) bool {
	return !s.overlaps(stored(reservation.Reservation{RoomID: room, Period: period}))
}

// hasWords says whether every word of query occurs in text. A query without any
// word finds nothing.
func hasWords(text, query string) bool {
	wanted := words(query)
	found := make(map[string]bool)
	for _, word := range words(text) {
		found[word] = true
	}
	for _, word := range wanted {
		if !found[word] {
			return false
		}
	}
	return len(wanted) > 0
}

// words returns the runs of letters and digits in s, in lower case.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
