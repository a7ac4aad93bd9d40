package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
)

func (s *server) getMe(c *gin.Context) {
	a, err := s.Accounts.Me(c.Request.Context(), web.ActorOf(c))
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newAccountBody(a))
}

func (s *server) listUsers(c *gin.Context) {
	query, err := accountQuery(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	list, err := s.Accounts.List(c.Request.Context(), web.ActorOf(c), query)
	if err != nil {
		web.Fail(c, err)
		return
	}
	web.AnswerList(c, list, query.Page, newAccountBody)
}

func (s *server) getUser(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	a, err := s.Accounts.Get(c.Request.Context(), web.ActorOf(c), id)
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newAccountBody(a))
}

func (s *server) changeUser(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	var body accountChange
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	a, err := s.Accounts.Change(c.Request.Context(), web.ActorOf(c), id, account.Change(body))
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newAccountBody(a))
}
