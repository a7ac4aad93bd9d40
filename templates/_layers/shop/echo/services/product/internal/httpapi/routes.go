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
	o.Web.Spec = api.Product
	e := web.New(o.Web)
	s := &server{Options: o}
	s.routes(e)
	return e, nil
}

// routes is every route. What is said here of who may come is refined by the policy,
// which the service asks.
func (s *server) routes(e *echo.Echo) {
	v1 := e.Group("/v1")
	v1.GET("/products", s.listProducts)
	v1.GET("/products/:id", s.getProduct)

	user := v1.Group("", web.RequireLogin)
	user.POST("/products", s.createProduct)
	user.PUT("/products/:id", s.updateProduct)
	user.PUT("/products/:id/deliveries/:delivery_id", s.deliverProduct)
}
