package httpapi

import (
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/auth"
	"example.com/app/internal/request"
)

func (s *server) accessLog(c *gin.Context) {
	start := time.Now()
	c.Next()
	s.logRequest(c.Request, exchange{
		route:    c.FullPath(),
		status:   c.Writer.Status(),
		took:     time.Since(start),
		clientIP: c.ClientIP(),
		actor:    actorOf(c),
	})
}

// problems answers with a problem document when a handler has failed.
func (s *server) problems(c *gin.Context) {
	c.Next()
	if len(c.Errors) == 0 {
		return
	}
	err := c.Errors.Last().Err
	switch begun := c.Writer.Written(); {
	case clientGone(c.Request, err, begun):
		logFailure(s.Logger, c.Request, c.FullPath(), statusClientGone, err)
		c.Status(statusClientGone)
	case begun: // too late to answer anything else
		logFailure(s.Logger, c.Request, c.FullPath(), http.StatusInternalServerError, err)
	default:
		p := describe(err, c.Writer.Header())
		logFailure(s.Logger, c.Request, c.FullPath(), p.Status, err)
		c.JSON(p.Status, p)
	}
}

// recovery makes a failure of a panic. Gin's own would print the request.
func recovery(c *gin.Context) {
	defer func() {
		switch value := recover(); value {
		case nil:
		case http.ErrAbortHandler: // net/http knows it, and hangs up
			panic(value)
		default:
			fail(c, &panicError{value: value, stack: debug.Stack()})
		}
	}()
	c.Next()
}

// actorKey is where a gin.Context keeps the auth.Actor.
type actorKey struct{}

// authenticate finds out who is asking. Whoever shows no token is a guest; a
// token that is shown must be good.
func (s *server) authenticate(c *gin.Context) {
	token, given := request.BearerToken(c.Request)
	if !given {
		return
	}
	actor, err := s.Users.Authenticate(c.Request.Context(), token)
	if err != nil {
		fail(c, err)
		return
	}
	c.Set(actorKey{}, actor)
}

// actorOf returns who is asking, as authenticate found out.
func actorOf(c *gin.Context) auth.Actor {
	value, _ := c.Get(actorKey{})
	actor, _ := value.(auth.Actor)
	return actor
}

// requireLogin turns guests away before anything that they sent is read. What
// those who are logged in may do is up to the services.
func requireLogin(c *gin.Context) {
	if actorOf(c) == (auth.Actor{}) {
		fail(c, auth.ErrUnauthenticated)
	}
}
