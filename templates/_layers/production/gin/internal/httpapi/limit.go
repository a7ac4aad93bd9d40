package httpapi

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/auth"
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
func (s *server) limitAccount(c *gin.Context) { limitActor(c, s.Limits.takeAccount) }

// limitPassword turns away whoever tries too many passwords of one account.
func (s *server) limitPassword(c *gin.Context) { limitActor(c, s.Limits.takePassword) }

// limitMail turns away whoever has too many e-mails sent by one account.
func (s *server) limitMail(c *gin.Context) { limitActor(c, s.Limits.takeMail) }

func limitActor(c *gin.Context, take func(context.Context, http.Header, auth.Actor) error) {
	if err := take(c.Request.Context(), c.Writer.Header(), actorOf(c)); err != nil {
		fail(c, err)
	}
}
