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
	o.Web.Spec = api.Order
	e := web.New(o.Web)
	s := &server{Options: o}
	s.routes(e)
	return e, nil
}

// routes is every route. What is said here of who may come is refined by the policy,
// which the services ask.
func (s *server) routes(e *echo.Echo) {
	orders := e.Group("/v1/orders", web.RequireLogin)
	orders.POST("", s.placeOrder)
	orders.GET("", s.listOrders)
	orders.GET("/:id", s.getOrder)

	e.POST("/webhooks/payments", s.receiveNotification)
}
