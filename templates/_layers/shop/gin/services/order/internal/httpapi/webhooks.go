package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/platform/web"
)

func (s *server) receiveNotification(c *gin.Context) {
	body, err := readNotification(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	if err := s.Notifications.Receive(c.Request.Context(), body, c.GetHeader("Signature")); err != nil {
		web.Fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
