package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/api"
	"example.com/app/platform/web"
)

// server holds what the handlers need.
type server struct{ Options }

// New returns the API, ready to be served.
func New(o Options) (http.Handler, error) {
	o.Web.Outcomes = outcomes()
	o.Web.Spec = api.Order
	r := web.New(o.Web)
	s := &server{Options: o}
	s.routes(r)
	return r, nil
}

// routes is every route. What is said here of who may come is refined by the policy,
// which the services ask.
func (s *server) routes(r *gin.Engine) {
	orders := r.Group("/v1/orders", web.RequireLogin)
	orders.POST("", s.placeOrder)
	orders.GET("", s.listOrders)
	orders.GET("/:id", s.getOrder)

	r.POST("/webhooks/payments", s.receiveNotification)
}
