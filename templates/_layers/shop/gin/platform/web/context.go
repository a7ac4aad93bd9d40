package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/request"
)

// Fail ends the request with err, which is answered by a problem document.
func Fail(c *gin.Context, err error) {
	_ = c.Error(err) // returns what it was given
	c.Abort()
}

// Body decodes the body strictly. Gin's own binding reads past unknown and repeated
// fields.
func Body(c *gin.Context, v any) error { return request.Body(c.Request, v) }

// PathID returns the id in the path.
func PathID(c *gin.Context) (uuid.UUID, error) { return request.PathID("id", c.Param("id")) }

// AnswerList answers with one page, as r asked for it.
func AnswerList[T, B any](c *gin.Context, list page.List[T], r page.Request, body func(T) B) {
	c.Header("Total-Count", strconv.Itoa(list.Total))
	c.Header("Link", page.Links(c.Request.URL, r, list.Total))
	c.JSON(http.StatusOK, newListBody(list, r, body))
}
