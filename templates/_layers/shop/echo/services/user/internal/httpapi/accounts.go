package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
)

func (s *server) getMe(c *echo.Context) error {
	a, err := s.Accounts.Me(c.Request().Context(), web.ActorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newAccountBody(a))
}

func (s *server) listUsers(c *echo.Context) error {
	query, err := accountQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.Accounts.List(c.Request().Context(), web.ActorOf(c), query)
	if err != nil {
		return err
	}
	return web.AnswerList(c, list, query.Page, newAccountBody)
}

func (s *server) getUser(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	a, err := s.Accounts.Get(c.Request().Context(), web.ActorOf(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newAccountBody(a))
}

func (s *server) changeUser(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	var body accountChange
	if err := web.Body(c, &body); err != nil {
		return err
	}
	a, err := s.Accounts.Change(c.Request().Context(), web.ActorOf(c), id, account.Change(body))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newAccountBody(a))
}
