package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
)

func answerRoom(c *echo.Context, status int, room reservation.Room) error {
	c.Response().Header().Set("ETag", request.ETag(room.Version))
	return c.JSON(status, newRoomBody(room))
}

func (s *server) listRooms(c *echo.Context) error {
	query, err := roomQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.Reservations.Rooms(c.Request().Context(), actorOf(c), query)
	if err != nil {
		return err
	}
	return answerList(c, list, query.Page, newRoomBody)
}

func (s *server) createRoom(c *echo.Context) error {
	var body roomDetails
	if err := c.Bind(&body); err != nil {
		return err
	}
	room, err := s.Reservations.CreateRoom(c.Request().Context(), actorOf(c), reservation.RoomDetails(body))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/v1/rooms/"+room.ID.String())
	return answerRoom(c, http.StatusCreated, room)
}

func (s *server) getRoom(c *echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	room, err := s.Reservations.Room(c.Request().Context(), actorOf(c), id)
	if err != nil {
		return err
	}
	return answerRoom(c, http.StatusOK, room)
}

func (s *server) replaceRoom(c *echo.Context) error {
	id, version, err := target(c)
	if err != nil {
		return err
	}
	var body roomDetails
	if err := c.Bind(&body); err != nil {
		return err
	}
	room, err := s.Reservations.ReplaceRoom(c.Request().Context(), actorOf(c), id, version, reservation.RoomDetails(body))
	if err != nil {
		return err
	}
	return answerRoom(c, http.StatusOK, room)
}

func (s *server) patchRoom(c *echo.Context) error {
	id, version, err := target(c)
	if err != nil {
		return err
	}
	var body roomChange
	if err := c.Bind(&body); err != nil {
		return err
	}
	room, err := s.Reservations.PatchRoom(c.Request().Context(), actorOf(c), id, version, reservation.RoomChange(body))
	if err != nil {
		return err
	}
	return answerRoom(c, http.StatusOK, room)
}

func (s *server) deleteRoom(c *echo.Context) error {
	id, version, err := target(c)
	if err != nil {
		return err
	}
	if err := s.Reservations.DeleteRoom(c.Request().Context(), actorOf(c), id, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
