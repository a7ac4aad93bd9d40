package httpapi

import (
	"time"

	"github.com/gin-gonic/gin"
)

// observe reports each request and its answer to Observed.
func (s *server) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	if s.Observed != nil {
		s.Observed(c.Request.Method, c.FullPath(), c.Writer.Status(), time.Since(start))
	}
}
