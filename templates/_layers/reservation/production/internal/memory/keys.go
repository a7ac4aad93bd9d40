package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
)

// Keys remembers what was done for which idempotency key, as long as it lives.
type Keys struct {
	// Store is what reservations are created in. It is required.
	Store reservation.Store

	mu   sync.Mutex // held while a reservation is created: one at a time is fast enough here
	done map[keyOf]keyEntry
}

type keyOf struct {
	userID uuid.UUID
	value  string
}

type keyEntry struct {
	key    reservation.Key
	answer reservation.Reservation
}

var _ reservation.Keys = (*Keys)(nil)

// Once implements reservation.Keys.
func (s *Keys) Once(_ context.Context, k reservation.Key, create func(reservation.Store) (reservation.Reservation, error)) (reservation.Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := keyOf{k.UserID, k.Value}
	if entry, ok := s.done[id]; ok {
		if entry.key.Request != k.Request {
			return reservation.Reservation{}, fmt.Errorf("create once: %w", reservation.ErrKeyReused)
		}
		return entry.answer, nil
	}
	answer, err := create(s.Store)
	if err != nil {
		return reservation.Reservation{}, err
	}
	if s.done == nil {
		s.done = make(map[keyOf]keyEntry)
	}
	s.done[id] = keyEntry{key: k, answer: answer}
	return answer, nil
}
