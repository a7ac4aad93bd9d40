package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"
)

func (s *server) receiveNotification(c *echo.Context) error {
	body, err := readNotification(c.Request())
	if err != nil {
		return err
	}
	if err := s.Notifications.Receive(c.Request().Context(), body, c.Request().Header.Get("Signature")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
