package httpapi

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5emb"

	"example.com/app/api"
)

// server holds what the handlers need.
type server struct{ Options }

// New returns the API, ready to be served.
func New(o Options) (*gin.Engine, error) {
	// The mode is a global of Gin's. It decides whether Gin prints each route and
	// its advice to standard output, next to our log.
	gin.SetMode(gin.ReleaseMode)

	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false

	// Gin trusts every proxy until told otherwise, and X-Real-IP, which a proxy may
	// pass on unread.
	r.RemoteIPHeaders = []string{"X-Forwarded-For"}
	proxies := make([]string, len(o.TrustedProxies))
	for i, prefix := range o.TrustedProxies {
		proxies[i] = prefix.String()
	}
	if err := r.SetTrustedProxies(proxies); err != nil {
		return nil, fmt.Errorf("set trusted proxies: %w", err)
	}

	s := &server{Options: o}
	r.Use(s.observe, s.accessLog, s.problems, recovery)
	r.NoRoute(noRoute)
	r.NoMethod(noMethod)
	s.routes(r)
	return r, nil
}

// routes is every route. What is said here of who may come is refined by the
// policy, which the services ask.
func (s *server) routes(r *gin.Engine) {
	docs := gin.WrapH(v5emb.New("Reservations API", "/openapi.yaml", "/docs/"))
	r.GET("/healthz", s.live)
	r.GET("/readyz", s.ready)
	r.GET("/openapi.yaml", getSpec)
	r.GET("/docs", docs)
	r.GET("/docs/*file", docs)

	// Whoever comes here may well send a token that has expired: nobody looks at it.
	v1 := r.Group("/v1", s.limitAddress)
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

func getSpec(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", api.Spec) }
