package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/request"
	"example.com/app/platform/web"
)

func (s *server) placeOrder(c *echo.Context) error {
	var body orderRequest
	if err := web.Body(c, &body); err != nil {
		return err
	}
	key, _, err := request.IdempotencyKey(c.Request())
	if err != nil {
		return err
	}
	o, err := s.Checkouts.Place(c.Request().Context(), web.ActorOf(c), body.request(key))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/v1/orders/"+o.ID.String())
	return c.JSON(http.StatusAccepted, newOrderBody(o))
}

func (s *server) getOrder(c *echo.Context) error {
	id, err := web.PathID(c)
	if err != nil {
		return err
	}
	o, err := s.Checkouts.Get(c.Request().Context(), web.ActorOf(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newOrderBody(o))
}

func (s *server) listOrders(c *echo.Context) error {
	query, err := orderQuery(c.Request())
	if err != nil {
		return err
	}
	list, err := s.View.Orders(c.Request().Context(), web.ActorOf(c), query)
	if err != nil {
		return err
	}
	return web.AnswerList(c, list, query.Page, newSummaryBody)
}
