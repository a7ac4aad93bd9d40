package httpapi

import "github.com/labstack/echo/v5"

// limitAddress rejects a request when its client's address has sent too many.
func (s *server) limitAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if err := s.Limits.takeAddress(c.Request().Context(), c.Response().Header(), routeOf(c), c.RealIP()); err != nil {
			return err
		}
		return next(c)
	}
}

// limitAccount rejects a request when its account has sent too many.
func (s *server) limitAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if err := s.Limits.takeAccount(c.Request().Context(), c.Response().Header(), routeOf(c), actorOf(c)); err != nil {
			return err
		}
		return next(c)
	}
}

// routeOf returns the route of a request, such as "GET /v1/users/:id".
func routeOf(c *echo.Context) string { return c.Request().Method + " " + c.Path() }
