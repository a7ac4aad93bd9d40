package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/request"
	"example.com/app/platform/web"
)

func (s *server) placeOrder(c *gin.Context) {
	var body orderRequest
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	key, _, err := request.IdempotencyKey(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	o, err := s.Checkouts.Place(c.Request.Context(), web.ActorOf(c), body.request(key))
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Location", "/v1/orders/"+o.ID.String())
	c.JSON(http.StatusAccepted, newOrderBody(o))
}

func (s *server) getOrder(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	o, err := s.Checkouts.Get(c.Request.Context(), web.ActorOf(c), id)
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.JSON(http.StatusOK, newOrderBody(o))
}

func (s *server) listOrders(c *gin.Context) {
	query, err := orderQuery(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	list, err := s.View.Orders(c.Request.Context(), web.ActorOf(c), query)
	if err != nil {
		web.Fail(c, err)
		return
	}
	web.AnswerList(c, list, query.Page, newSummaryBody)
}
