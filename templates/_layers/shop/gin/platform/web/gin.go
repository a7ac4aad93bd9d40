package web

import (
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/auth"
	"example.com/app/internal/problem"
)

// New returns an engine that a service adds its routes to.
func New(o Options) *gin.Engine {
	// The mode is a global of Gin's. It decides whether Gin prints each route and
	// its advice to standard output, next to our log.
	gin.SetMode(gin.ReleaseMode)

	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false

	s := newSite(o)
	r.Use(s.accessLog, s.problems, recovery, s.authenticate)
	r.NoRoute(func(c *gin.Context) { Fail(c, problem.ErrNoRoute) })
	r.NoMethod(func(c *gin.Context) { Fail(c, problem.ErrNoMethod) })
	r.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, statusBody{Status: "ok"}) })
	r.GET("/readyz", s.ready)
	r.GET("/openapi.yaml", func(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", s.Spec) })
	return r
}

// ready says whether requests can be served just now.
func (s *site) ready(c *gin.Context) {
	if err := s.Ready(c.Request.Context()); err != nil {
		Fail(c, &notReadyError{reason: err})
		return
	}
	c.JSON(http.StatusOK, statusBody{Status: "ready"})
}

func (s *site) accessLog(c *gin.Context) {
	start := time.Now()
	c.Next()
	s.finish(c.Request, exchange{
		route:  c.FullPath(),
		status: c.Writer.Status(),
		took:   time.Since(start),
		actor:  ActorOf(c),
	})
}

// problems answers with a problem document when a handler has failed.
func (s *site) problems(c *gin.Context) {
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
		p := s.describe(err, c.Writer.Header())
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
			Fail(c, &panicError{value: value, stack: debug.Stack()})
		}
	}()
	c.Next()
}

// actorKey is where a gin.Context keeps the auth.Actor.
type actorKey struct{}

func (s *site) authenticate(c *gin.Context) {
	actor, err := s.identify(c.Request)
	if err != nil {
		Fail(c, err)
		return
	}
	c.Set(actorKey{}, actor)
}

// ActorOf returns who is asking.
func ActorOf(c *gin.Context) auth.Actor {
	value, _ := c.Get(actorKey{})
	actor, _ := value.(auth.Actor)
	return actor
}

// RequireLogin turns guests away before anything that they sent is read. What those who
// are logged in may do is up to the services.
func RequireLogin(c *gin.Context) {
	if ActorOf(c) == (auth.Actor{}) {
		Fail(c, auth.ErrUnauthenticated)
	}
}
