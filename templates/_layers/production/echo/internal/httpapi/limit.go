package httpapi

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/auth"
	"example.com/app/internal/limit"
)

// limitIP turns away whoever asks too often from one address.
func (s *server) limitIP(p limit.Policy) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if err := s.Limits.takeIP(c.Request().Context(), c.Response().Header(), p, c.RealIP()); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// limitAccount turns away whoever asks too often with one account.
func (s *server) limitAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return limitActor(s.Limits.takeAccount, next)
}

// limitPassword turns away whoever tries too many passwords of one account.
func (s *server) limitPassword(next echo.HandlerFunc) echo.HandlerFunc {
	return limitActor(s.Limits.takePassword, next)
}

// limitMail turns away whoever has too many e-mails sent by one account.
func (s *server) limitMail(next echo.HandlerFunc) echo.HandlerFunc {
	return limitActor(s.Limits.takeMail, next)
}

func limitActor(take func(context.Context, http.Header, auth.Actor) error, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if err := take(c.Request().Context(), c.Response().Header(), actorOf(c)); err != nil {
			return err
		}
		return next(c)
	}
}
