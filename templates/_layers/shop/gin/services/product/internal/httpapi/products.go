package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/request"
	"example.com/app/platform/web"
	"example.com/app/services/product/internal/catalog"
)

func (s *server) listProducts(c *gin.Context) {
	query, err := productQuery(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	list, err := s.Products.List(c.Request.Context(), web.ActorOf(c), query)
	if err != nil {
		web.Fail(c, err)
		return
	}
	web.AnswerList(c, list, query.Page, newProductBody)
}

func (s *server) getProduct(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	p, err := s.Products.Get(c.Request.Context(), web.ActorOf(c), id)
	if err != nil {
		web.Fail(c, err)
		return
	}
	answer(c, http.StatusOK, p)
}

func (s *server) createProduct(c *gin.Context) {
	var body productDetails
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	p, err := s.Products.Create(c.Request.Context(), web.ActorOf(c), body.details())
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Location", "/v1/products/"+p.ID.String())
	answer(c, http.StatusCreated, p)
}

func (s *server) updateProduct(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	version, err := request.IfMatch(c.Request)
	if err != nil {
		web.Fail(c, err)
		return
	}
	var body productDetails
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	p, err := s.Products.Update(c.Request.Context(), web.ActorOf(c), id, version, body.details())
	if err != nil {
		web.Fail(c, err)
		return
	}
	answer(c, http.StatusOK, p)
}

func (s *server) deliverProduct(c *gin.Context) {
	id, err := web.PathID(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	deliveryID, err := request.PathID("delivery_id", c.Param("delivery_id"))
	if err != nil {
		web.Fail(c, err)
		return
	}
	var body delivery
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	p, err := s.Products.Deliver(c.Request.Context(), web.ActorOf(c), id, deliveryID, body.Quantity)
	if err != nil {
		web.Fail(c, err)
		return
	}
	answer(c, http.StatusOK, p)
}

func answer(c *gin.Context, status int, p catalog.Product) {
	c.Header("ETag", request.ETag(p.Version))
	c.JSON(status, newProductBody(p))
}
