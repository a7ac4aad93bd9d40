package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/auth"
	"example.com/app/internal/user"
)

func (s *server) register(c *echo.Context) error {
	var body registration
	if err := c.Bind(&body); err != nil {
		return err
	}
	u, err := s.Users.Register(c.Request().Context(), user.Registration(body))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, newUserBody(u))
}

func (s *server) logIn(c *echo.Context) error {
	var body credentials
	if err := c.Bind(&body); err != nil {
		return err
	}
	tokens, err := s.Users.LogIn(c.Request().Context(), body.Email, body.Password)
	if err != nil {
		return err
	}
	return answerTokens(c, tokens)
}

func (s *server) refresh(c *echo.Context) error {
	var body refreshRequest
	if err := c.Bind(&body); err != nil {
		return err
	}
	tokens, err := s.Users.Refresh(c.Request().Context(), auth.RefreshToken(body.RefreshToken))
	if err != nil {
		return err
	}
	return answerTokens(c, tokens)
}

func (s *server) logOut(c *echo.Context) error {
	var body refreshRequest
	if err := c.Bind(&body); err != nil {
		return err
	}
	if err := s.Users.LogOut(c.Request().Context(), auth.RefreshToken(body.RefreshToken)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *server) logOutEverywhere(c *echo.Context) error {
	if err := s.Users.LogOutEverywhere(c.Request().Context(), actorOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
