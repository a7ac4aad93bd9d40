package httpapi

import (
	"github.com/labstack/echo/v5"

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
	return func(c *echo.Context) error {
		if err := s.Limits.takeAccount(c.Request().Context(), c.Response().Header(), actorOf(c)); err != nil {
			return err
		}
		return next(c)
	}
}
