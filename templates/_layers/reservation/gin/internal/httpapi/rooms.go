package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/request"
	"example.com/app/internal/reservation"
)

func answerRoom(c *gin.Context, status int, room reservation.Room) {
	c.Header("ETag", request.ETag(room.Version))
	c.JSON(status, newRoomBody(room))
}

func (s *server) listRooms(c *gin.Context) {
	query, err := roomQuery(c.Request)
	if err != nil {
		fail(c, err)
		return
	}
	list, err := s.Reservations.Rooms(c.Request.Context(), actorOf(c), query)
	if err != nil {
		fail(c, err)
		return
	}
	answerList(c, list, query.Page, newRoomBody)
}

func (s *server) createRoom(c *gin.Context) {
	var body roomDetails
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	room, err := s.Reservations.CreateRoom(c.Request.Context(), actorOf(c), reservation.RoomDetails(body))
	if err != nil {
		fail(c, err)
		return
	}
	c.Header("Location", "/v1/rooms/"+room.ID.String())
	answerRoom(c, http.StatusCreated, room)
}

func (s *server) getRoom(c *gin.Context) {
	id, err := pathID(c)
	if err != nil {
		fail(c, err)
		return
	}
	room, err := s.Reservations.Room(c.Request.Context(), actorOf(c), id)
	if err != nil {
		fail(c, err)
		return
	}
	answerRoom(c, http.StatusOK, room)
}

func (s *server) replaceRoom(c *gin.Context) {
	id, version, err := target(c)
	if err != nil {
		fail(c, err)
		return
	}
	var body roomDetails
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	room, err := s.Reservations.ReplaceRoom(c.Request.Context(), actorOf(c), id, version, reservation.RoomDetails(body))
	if err != nil {
		fail(c, err)
		return
	}
	answerRoom(c, http.StatusOK, room)
}

func (s *server) patchRoom(c *gin.Context) {
	id, version, err := target(c)
	if err != nil {
		fail(c, err)
		return
	}
	var body roomChange
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	room, err := s.Reservations.PatchRoom(c.Request.Context(), actorOf(c), id, version, reservation.RoomChange(body))
	if err != nil {
		fail(c, err)
		return
	}
	answerRoom(c, http.StatusOK, room)
}

func (s *server) deleteRoom(c *gin.Context) {
	id, version, err := target(c)
	if err != nil {
		fail(c, err)
		return
	}
	if err := s.Reservations.DeleteRoom(c.Request.Context(), actorOf(c), id, version); err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
