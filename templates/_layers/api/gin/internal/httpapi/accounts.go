package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/user"
)

func (s *server) getMe(c *gin.Context) {
	u, err := s.Users.Me(c.Request.Context(), actorOf(c))
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newUserBody(u))
}

func (s *server) changePassword(c *gin.Context) {
	var body passwordChange
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	err := s.Users.ChangePassword(c.Request.Context(), actorOf(c), body.CurrentPassword, body.NewPassword)
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func (s *server) listUsers(c *gin.Context) {
	query, err := userQuery(c.Request)
	if err != nil {
		fail(c, err)
		return
	}
	list, err := s.Users.List(c.Request.Context(), actorOf(c), query)
	if err != nil {
		fail(c, err)
		return
	}
	answerList(c, list, query.Page, newUserBody)
}

func (s *server) getUser(c *gin.Context) {
	id, err := pathID(c)
	if err != nil {
		fail(c, err)
		return
	}
	u, err := s.Users.Get(c.Request.Context(), actorOf(c), id)
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newUserBody(u))
}

func (s *server) changeUser(c *gin.Context) {
	id, err := pathID(c)
	if err != nil {
		fail(c, err)
		return
	}
	var body accountChange
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	u, err := s.Users.Change(c.Request.Context(), actorOf(c), id, user.Change(body))
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newUserBody(u))
}
