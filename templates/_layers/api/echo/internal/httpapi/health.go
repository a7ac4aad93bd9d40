package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"
)

// live says that the process runs. A restart would not mend anything else.
func (*server) live(c *echo.Context) error {
	return c.JSON(http.StatusOK, statusBody{Status: "ok"})
}

// ready says whether requests can be served just now.
func (s *server) ready(c *echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return &notReadyError{reason: err}
	}
	return c.JSON(http.StatusOK, statusBody{Status: "ready"})
}
