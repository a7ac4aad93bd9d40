package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/request"
	"example.com/app/platform/web"
	"example.com/app/services/product/internal/catalog"
)

func (s *server) listProducts(c *echo.Context) error {
	query, err := productQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.Products.List(c.Request().Context(), web.ActorOf(c), query)
	if err != nil {
		return err
	}
	return web.AnswerList(c, list, query.Page, newProductBody)
}

func (s *server) getProduct(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	p, err := s.Products.Get(c.Request().Context(), web.ActorOf(c), id)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, p)
}

func (s *server) createProduct(c *echo.Context) error {
	var body productDetails
	if err := web.Body(c, &body); err != nil {
		return err
	}
	p, err := s.Products.Create(c.Request().Context(), web.ActorOf(c), body.details())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/v1/products/"+p.ID.String())
	return answer(c, http.StatusCreated, p)
}

func (s *server) updateProduct(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	version, err := request.IfMatch(c.Request())
	if err != nil {
		return err
	}
	var body productDetails
	if err := web.Body(c, &body); err != nil {
		return err
	}
	p, err := s.Products.Update(c.Request().Context(), web.ActorOf(c), id, version, body.details())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, p)
}

func (s *server) deliverProduct(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	deliveryID, err := request.PathID("delivery_id", c.Param("delivery_id"))
	if err != nil {
		return err
	}
	var body delivery
	if err := web.Body(c, &body); err != nil {
		return err
	}
	p, err := s.Products.Deliver(c.Request().Context(), web.ActorOf(c), id, deliveryID, body.Quantity)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, p)
}

func answer(c *echo.Context, status int, p catalog.Product) error {
	c.Response().Header().Set("ETag", request.ETag(p.Version))
	return c.JSON(status, newProductBody(p))
}
