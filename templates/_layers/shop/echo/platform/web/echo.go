package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"example.com/app/internal/auth"
	"example.com/app/internal/problem"
)

// New returns an Echo that a service adds its routes to.
func New(o Options) *echo.Echo {
	s := newSite(o)
	e := echo.NewWithConfig(echo.Config{
		Logger:           o.Logger,
		HTTPErrorHandler: s.problems,
		Router: echo.NewRouter(echo.RouterConfig{
			NotFoundHandler:           func(*echo.Context) error { return problem.ErrNoRoute },
			MethodNotAllowedHandler:   noMethod,
			OptionsMethodHandler:      noMethod,
			UseEscapedPathForMatching: true, // in spite of its name: by the decoded path
		}),
		NoGroupAutoRegister404Routes: true, // an unknown path asks for no log-in
	})
	e.Use(s.accessLog, middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true}), wholeSegments, s.authenticate)
	e.GET("/healthz", func(c *echo.Context) error { return c.JSON(http.StatusOK, statusBody{Status: "ok"}) })
	e.GET("/readyz", s.ready)
	e.GET("/openapi.yaml", func(c *echo.Context) error { return c.Blob(http.StatusOK, "application/yaml", s.Spec) })
	return e
}

func noMethod(c *echo.Context) error {
	if allow, ok := c.Get(echo.ContextKeyHeaderAllow).(string); ok {
		// Echo counts OPTIONS in, which no route here answers.
		c.Response().Header().Set("Allow", strings.TrimPrefix(allow, http.MethodOptions+", "))
	}
	return problem.ErrNoMethod
}

// ready says whether requests can be served just now.
func (s *site) ready(c *echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return &notReadyError{reason: err}
	}
	return c.JSON(http.StatusOK, statusBody{Status: "ready"})
}

func (s *site) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Echo().HTTPErrorHandler(c, err) // now, as the line below tells the status
		}
		_, status := echo.ResolveResponseStatus(c.Response(), nil)
		s.finish(c.Request(), exchange{
			route:  c.Path(),
			status: status,
			took:   time.Since(start),
			actor:  ActorOf(c),
		})
		return nil
	}
}

// problems answers with a problem document when a handler has failed.
func (s *site) problems(c *echo.Context, err error) {
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
		p := s.describe(err, c.Response().Header())
		if status := echo.StatusCode(err); status != 0 {
			// Echo and its middleware say no more than a status (RFC 9457, 4.2.1).
			p = problem.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status}
		}
		logFailure(s.Logger, c.Request(), c.Path(), p.Status, err)
		_ = c.JSON(p.Status, p) // fails when nobody reads it any more
	}
}

// wholeSegments keeps to what a route says of slashes. Echo lets the last
// parameter of a path run on over them, and would look for a product called a/b.
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

func (s *site) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		actor, err := s.identify(c.Request())
		if err != nil {
			return err
		}
		c.Set(actorKey, actor)
		return next(c)
	}
}

// ActorOf returns who is asking.
func ActorOf(c *echo.Context) auth.Actor {
	actor, _ := c.Get(actorKey).(auth.Actor)
	return actor
}

// RequireLogin turns guests away before anything that they sent is read. What those who
// are logged in may do is up to the services.
func RequireLogin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if ActorOf(c) == (auth.Actor{}) {
			return auth.ErrUnauthenticated
		}
		return next(c)
	}
}
