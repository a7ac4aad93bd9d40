package httpapi

import (
	"net/http"

	"example.com/app/internal/auth"
	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
)

// create makes a reservation, and only one of all requests with the same
// Idempotency-Key.
func (s *server) create(r *http.Request, actor auth.Actor, d reservation.Details) (reservation.Reservation, error) {
	key, given, err := request.IdempotencyKey(r)
	if err != nil {
		return reservation.Reservation{}, err
	}
	if !given {
		return s.Reservations.Create(r.Context(), actor, d)
	}
	return s.Reservations.CreateOnce(r.Context(), s.Keys, key, actor, d)
}
