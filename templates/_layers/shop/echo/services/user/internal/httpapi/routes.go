package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/api"
	"example.com/app/platform/web"
)

// server holds what the handlers need.
type server struct{ Options }

// New returns the API, ready to be served.
func New(o Options) (http.Handler, error) {
	o.Web.Outcomes = outcomes()
	o.Web.Spec = api.User
	e := web.New(o.Web)
	s := &server{Options: o}
	s.routes(e)
	return e, nil
}

// routes is every route. What is said here of who may come is refined by the policy,
// which the service asks.
func (s *server) routes(e *echo.Echo) {
	v1 := e.Group("/v1")
	v1.POST("/auth/register", s.register)
	v1.POST("/auth/login", s.logIn)
	v1.POST("/auth/refresh", s.refresh)
	v1.POST("/auth/logout", s.logOut)

	user := v1.Group("", web.RequireLogin)
	user.GET("/me", s.getMe)
	user.GET("/users", s.listUsers)
	user.GET("/users/:id", s.getUser)
	user.PATCH("/users/:id", s.changeUser)
}
