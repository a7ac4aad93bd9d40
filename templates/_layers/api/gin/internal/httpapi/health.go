package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// live says that the process runs. A restart would not mend anything else.
func (*server) live(c *gin.Context) { c.JSON(http.StatusOK, statusBody{Status: "ok"}) }

// ready says whether requests can be served just now.
func (s *server) ready(c *gin.Context) {
	if err := s.Ready(c.Request.Context()); err != nil {
		fail(c, &notReadyError{reason: err})
		return
	}
	c.JSON(http.StatusOK, statusBody{Status: "ready"})
}
