package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"
	"github.com/swaggest/swgui/v5emb"

	"example.com/app/api"
)

// server holds what the handlers need.
type server struct{ Options }

// New returns the API, ready to be served.
func New(o Options) (*echo.Echo, error) {
	extractIP, err := clientIP(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := &server{Options: o}
	e := echo.NewWithConfig(echo.Config{
		Logger:           o.Logger,
		Binder:           strictJSON{},
		HTTPErrorHandler: s.problems,
		IPExtractor:      extractIP,
		Router: echo.NewRouter(echo.RouterConfig{
			NotFoundHandler:           noRoute,
			MethodNotAllowedHandler:   noMethod,
			OptionsMethodHandler:      noMethod,
			UseEscapedPathForMatching: true, // in spite of its name: by the decoded path
		}),
		NoGroupAutoRegister404Routes: true, // an unknown path asks for no token
	})
	e.Use(s.observe, s.accessLog, middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true}), wholeSegments)
	s.routes(e)
	return e, nil
}

// routes is every route. What is said here of who may come is refined by the
// policy, which the services ask.
func (s *server) routes(e *echo.Echo) {
	docs := echo.WrapHandler(v5emb.New("Reservations API", "/openapi.yaml", "/docs/"))
	e.GET("/healthz", s.live)
	e.GET("/readyz", s.ready)
	e.GET("/openapi.yaml", getSpec)
	e.GET("/docs", docs)
	e.GET("/docs/*", docs)

	// Whoever comes here may well send a token that has expired: nobody looks at it.
	v1 := e.Group("/v1", s.limitAddress)
	v1.POST("/auth/register", s.register)
	v1.POST("/auth/login", s.logIn)
	v1.POST("/auth/refresh", s.refresh)
	v1.POST("/auth/logout", s.logOut)

	guest := v1.Group("", s.authenticate)
	guest.GET("/rooms", s.listRooms)
	guest.GET("/rooms/:id", s.getRoom)

	user := guest.Group("", requireLogin, s.limitAccount)
	user.POST("/auth/logout-all", s.logOutEverywhere)
	user.GET("/me", s.getMe)
	user.PUT("/me/password", s.changePassword)
	user.GET("/users", s.listUsers)
	user.GET("/users/:id", s.getUser)
	user.PATCH("/users/:id", s.changeUser)
	user.POST("/rooms", s.createRoom)
	user.PUT("/rooms/:id", s.replaceRoom)
	user.PATCH("/rooms/:id", s.patchRoom)
	user.DELETE("/rooms/:id", s.deleteRoom)
	user.GET("/reservations", s.listReservations)
	user.POST("/reservations", s.createReservation)
	user.GET("/reservations/:id", s.getReservation)
	user.PATCH("/reservations/:id", s.reschedule)
	user.POST("/reservations/:id/cancel", s.cancel)
}

func getSpec(c *echo.Context) error { return c.Blob(http.StatusOK, "application/yaml", api.Spec) }
