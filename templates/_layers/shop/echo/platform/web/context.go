package web

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v5"

	"example.com/app/internal/page"
	"example.com/app/internal/request"
)

// Body decodes the body strictly. Echo's own binder reads past unknown and repeated
// fields.
func Body(c *echo.Context, v any) error { return request.Body(c.Request(), v) }

// PathID returns the id in the path.
func PathID(c *echo.Context) (uuid.UUID, error) { return request.PathID("id", c.Param("id")) }

// AnswerList answers with one page, as r asked for it.
func AnswerList[T, B any](c *echo.Context, list page.List[T], r page.Request, body func(T) B) error {
	header := c.Response().Header()
	header.Set("Total-Count", strconv.Itoa(list.Total))
	header.Set("Link", page.Links(c.Request().URL, r, list.Total))
	return c.JSON(http.StatusOK, newListBody(list, r, body))
}
