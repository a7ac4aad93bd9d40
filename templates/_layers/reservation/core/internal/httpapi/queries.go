package httpapi

import (
	"net/http"

	"example.com/app/internal/auth"
	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

func userQuery(r *http.Request) (user.Query, error) {
	q := request.NewQuery(r)
	query := user.Query{
		Email:  q.Text("email", 254),
		Active: q.Bool("active"),
		Page:   q.Page(user.SortKeys()...),
	}
	if role := q.OneOf("role", string(auth.RoleUser), string(auth.RoleAdmin)); role != "" {
		query.Role = new(auth.Role(role))
	}
	return query, q.Err()
}

func roomQuery(r *http.Request) (reservation.RoomQuery, error) {
	q := request.NewQuery(r)
	query := reservation.RoomQuery{
		Text: q.Text("q", 100),
		Page: q.Page(reservation.RoomSortKeys()...),
	}
	query.MinCapacity, _ = q.Int("min_capacity", 1, 1000)
	switch from, to := q.Time("from"), q.Time("to"); {
	case from != nil && to != nil && from.Before(*to):
		query.Free = &reservation.Period{Start: *from, End: *to}
	case from != nil && to != nil:
		q.Fault("to", "must be after from")
	case from != nil:
		q.Fault("to", "must be given with from")
	case to != nil:
		q.Fault("from", "must be given with to")
	}
	return query, q.Err()
}

func reservationQuery(r *http.Request) (reservation.Query, error) {
	q := request.NewQuery(r)
	query := reservation.Query{
		UserID: q.ID("user_id"),
		RoomID: q.ID("room_id"),
		From:   q.Time("from"),
		To:     q.Time("to"),
		Page:   q.Page(reservation.SortKeys()...),
	}
	if status := q.OneOf("status", string(reservation.Confirmed), string(reservation.Cancelled)); status != "" {
		query.Status = new(reservation.Status(status))
	}
	if query.From != nil && query.To != nil && !query.From.Before(*query.To) {
		q.Fault("to", "must be after from")
	}
	return query, q.Err()
}
