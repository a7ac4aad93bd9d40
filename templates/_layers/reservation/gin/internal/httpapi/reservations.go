package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
)

func answerReservation(c *gin.Context, status int, r reservation.Reservation) {
	c.Header("ETag", request.ETag(r.Version))
	c.JSON(status, newReservationBody(r))
}

func (s *server) listReservations(c *gin.Context) {
	query, err := reservationQuery(c.Request)
	if err != nil {
		fail(c, err)
		return
	}
	list, err := s.Reservations.List(c.Request.Context(), actorOf(c), query)
	if err != nil {
		fail(c, err)
		return
	}
	answerList(c, list, query.Page, newReservationBody)
}

func (s *server) createReservation(c *gin.Context) {
	var body reservationDetails
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	r, err := s.Reservations.Create(c.Request.Context(), actorOf(c), reservation.Details{
		RoomID: body.RoomID,
		Title:  body.Title,
		Period: reservation.Period{Start: body.StartsAt, End: body.EndsAt},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Header("Location", "/v1/reservations/"+r.ID.String())
	answerReservation(c, http.StatusCreated, r)
}

func (s *server) getReservation(c *gin.Context) {
	id, err := pathID(c)
	if err != nil {
		fail(c, err)
		return
	}
	r, err := s.Reservations.Get(c.Request.Context(), actorOf(c), id)
	if err != nil {
		fail(c, err)
		return
	}
	answerReservation(c, http.StatusOK, r)
}

func (s *server) reschedule(c *gin.Context) {
	id, version, err := target(c)
	if err != nil {
		fail(c, err)
		return
	}
	var body reservationChange
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	r, err := s.Reservations.Reschedule(c.Request.Context(), actorOf(c), id, version, reservation.Change{
		Title: body.Title,
		Start: body.StartsAt,
		End:   body.EndsAt,
	})
	if err != nil {
		fail(c, err)
		return
	}
	answerReservation(c, http.StatusOK, r)
}

func (s *server) cancel(c *gin.Context) {
	id, version, err := target(c)
	if err != nil {
		fail(c, err)
		return
	}
	r, err := s.Reservations.Cancel(c.Request.Context(), actorOf(c), id, version)
	if err != nil {
		fail(c, err)
		return
	}
	answerReservation(c, http.StatusOK, r)
}
