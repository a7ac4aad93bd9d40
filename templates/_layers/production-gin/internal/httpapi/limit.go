package httpapi

import (
	"github.com/gin-gonic/gin"

	"example.com/app/internal/limit"
)

// limitIP turns away whoever asks too often from one address.
func (s *server) limitIP(p limit.Policy) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := s.Limits.takeIP(c.Request.Context(), c.Writer.Header(), p, c.ClientIP()); err != nil {
			fail(c, err)
		}
	}
}

// limitAccount turns away whoever asks too often with one account.
func (s *server) limitAccount(c *gin.Context) {
	if err := s.Limits.takeAccount(c.Request.Context(), c.Writer.Header(), actorOf(c)); err != nil {
		fail(c, err)
	}
}
