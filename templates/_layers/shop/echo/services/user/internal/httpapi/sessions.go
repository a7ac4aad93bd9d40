package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/auth"
	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
)

func (s *server) register(c *echo.Context) error {
	var body registration
	if err := web.Body(c, &body); err != nil {
		return err
	}
	a, err := s.Accounts.Register(c.Request().Context(), account.Registration(body))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, newAccountBody(a))
}

func (s *server) logIn(c *echo.Context) error {
	var body credentials
	if err := web.Body(c, &body); err != nil {
		return err
	}
	tokens, err := s.Accounts.LogIn(c.Request().Context(), body.Email, body.Password)
	if err != nil {
		return err
	}
	return answerTokens(c, tokens)
}

func (s *server) refresh(c *echo.Context) error {
	var body refreshRequest
	if err := web.Body(c, &body); err != nil {
		return err
	}
	tokens, err := s.Accounts.Refresh(c.Request().Context(), auth.RefreshToken(body.RefreshToken))
	if err != nil {
		return err
	}
	return answerTokens(c, tokens)
}

func (s *server) logOut(c *echo.Context) error {
	var body refreshRequest
	if err := web.Body(c, &body); err != nil {
		return err
	}
	if err := s.Accounts.LogOut(c.Request().Context(), auth.RefreshToken(body.RefreshToken)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func answerTokens(c *echo.Context, tokens account.Tokens) error {
	c.Response().Header().Set("Cache-Control", "no-store") // RFC 6749, 5.1
	return c.JSON(http.StatusOK, newTokensBody(tokens))
}
