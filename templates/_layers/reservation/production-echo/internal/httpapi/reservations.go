package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
)

func answerReservation(c *echo.Context, status int, r reservation.Reservation) error {
	c.Response().Header().Set("ETag", request.ETag(r.Version))
	return c.JSON(status, newReservationBody(r))
}

func (s *server) listReservations(c *echo.Context) error {
	query, err := reservationQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.Reservations.List(c.Request().Context(), actorOf(c), query)
	if err != nil {
		return err
	}
	return answerList(c, list, query.Page, newReservationBody)
}

func (s *server) createReservation(c *echo.Context) error {
	var body reservationDetails
	if err := c.Bind(&body); err != nil {
		return err
	}
	r, err := s.create(c.Request(), actorOf(c), reservation.Details{
		RoomID: body.RoomID,
		Title:  body.Title,
		Period: reservation.Period{Start: body.StartsAt, End: body.EndsAt},
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/v1/reservations/"+r.ID.String())
	return answerReservation(c, http.StatusCreated, r)
}

func (s *server) getReservation(c *echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	r, err := s.Reservations.Get(c.Request().Context(), actorOf(c), id)
	if err != nil {
		return err
	}
	return answerReservation(c, http.StatusOK, r)
}

func (s *server) reschedule(c *echo.Context) error {
	id, version, err := target(c)
	if err != nil {
		return err
	}
	var body reservationChange
	if err := c.Bind(&body); err != nil {
		return err
	}
	r, err := s.Reservations.Reschedule(c.Request().Context(), actorOf(c), id, version, reservation.Change{
		Title: body.Title,
		Start: body.StartsAt,
		End:   body.EndsAt,
	})
	if err != nil {
		return err
	}
	return answerReservation(c, http.StatusOK, r)
}

func (s *server) cancel(c *echo.Context) error {
	id, version, err := target(c)
	if err != nil {
		return err
	}
	r, err := s.Reservations.Cancel(c.Request().Context(), actorOf(c), id, version)
	if err != nil {
		return err
	}
	return answerReservation(c, http.StatusOK, r)
}
