package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/user"
)

func (s *server) getMe(c *echo.Context) error {
	u, err := s.Users.Me(c.Request().Context(), actorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newUserBody(u))
}

func (s *server) changePassword(c *echo.Context) error {
	var body passwordChange
	if err := c.Bind(&body); err != nil {
		return err
	}
	err := s.Users.ChangePassword(c.Request().Context(), actorOf(c), body.CurrentPassword, body.NewPassword)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *server) listUsers(c *echo.Context) error {
	query, err := userQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.Users.List(c.Request().Context(), actorOf(c), query)
	if err != nil {
		return err
	}
	return answerList(c, list, query.Page, newUserBody)
}

func (s *server) getUser(c *echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	u, err := s.Users.Get(c.Request().Context(), actorOf(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newUserBody(u))
}

func (s *server) changeUser(c *echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var body accountChange
	if err := c.Bind(&body); err != nil {
		return err
	}
	u, err := s.Users.Change(c.Request().Context(), actorOf(c), id, user.Change(body))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newUserBody(u))
}
