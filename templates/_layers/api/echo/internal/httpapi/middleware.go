package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"example.com/app/internal/auth"
	"example.com/app/internal/problem"
	"example.com/app/internal/request"
)

func (s *server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Echo().HTTPErrorHandler(c, err) // now, as the line below tells the status
		}
		_, status := echo.ResolveResponseStatus(c.Response(), nil)
		s.logRequest(c.Request(), exchange{
			route:    c.Path(),
			status:   status,
			took:     time.Since(start),
			clientIP: c.RealIP(),
			actor:    actorOf(c),
		})
		return nil
	}
}

// problems answers with a problem document when a handler has failed.
func (s *server) problems(c *echo.Context, err error) {
	if panicked, ok := errors.AsType[*middleware.PanicStackError](err); ok {
		err = &panicError{value: panicked.Err, stack: panicked.Stack}
	}
	response, _ := echo.UnwrapResponse(c.Response())
	begun := response != nil && response.Committed
	switch {
	case clientGone(c.Request(), err, begun):
		logFailure(s.Logger, c.Request(), c.Path(), statusClientGone, err)
		if !begun {
			_ = c.NoContent(statusClientGone)
		}
	case begun: // too late to answer anything else
		logFailure(s.Logger, c.Request(), c.Path(), http.StatusInternalServerError, err)
	default:
		p := describe(err, c.Response().Header())
		if status := echo.StatusCode(err); status != 0 {
			// Echo and its middleware say no more than a status (RFC 9457, 4.2.1).
			p = problem.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status}
		}
		logFailure(s.Logger, c.Request(), c.Path(), p.Status, err)
		_ = c.JSON(p.Status, p) // fails when nobody reads it any more
	}
}

// wholeSegments keeps to what a route says of slashes. Echo lets the last
// parameter of a path run on over them, and would look for a book called a/b.
func wholeSegments(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		route, path := c.Path(), c.Request().URL.Path
		if !strings.HasSuffix(route, "*") && strings.Count(route, "/") != strings.Count(path, "/") {
			return problem.ErrNoRoute
		}
		return next(c)
	}
}

// actorKey is where an echo.Context keeps the auth.Actor.
const actorKey = "actor"

// authenticate finds out who is asking. Whoever shows no token is a guest; a
// token that is shown must be good.
func (s *server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		token, given := request.BearerToken(c.Request())
		if !given {
			return next(c)
		}
		actor, err := s.Users.Authenticate(c.Request().Context(), token)
		if err != nil {
			return err
		}
		c.Set(actorKey, actor)
		return next(c)
	}
}

// actorOf returns who is asking, as authenticate found out.
func actorOf(c *echo.Context) auth.Actor {
	actor, _ := c.Get(actorKey).(auth.Actor)
	return actor
}

// requireLogin turns guests away before anything that they sent is read. What
// those who are logged in may do is up to the services.
func requireLogin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if actorOf(c) == (auth.Actor{}) {
			return auth.ErrUnauthenticated
		}
		return next(c)
	}
}
