package httpapi

import (
	"time"

	"github.com/labstack/echo/v5"
)

// observe reports each request and its answer to Observed. accessLog, which it calls, has
// answered the errors.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		start := time.Now()
		err := next(c)
		if s.Observed != nil {
			_, status := echo.ResolveResponseStatus(c.Response(), err)
			s.Observed(c.Request().Method, c.Path(), status, time.Since(start))
		}
		return err
	}
}
