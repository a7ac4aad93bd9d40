package httpapi

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/problem"
	"example.com/app/internal/request"
	"example.com/app/internal/user"
)

// strictJSON is the binding of every body. Gin's own reads past unknown and
// repeated fields.
type strictJSON struct{}

var _ binding.Binding = strictJSON{}

func (strictJSON) Name() string { return "strict json" }

func (strictJSON) Bind(r *http.Request, v any) error { return request.Body(r, v) }

// fail ends the request with err, which the problems middleware answers.
func fail(c *gin.Context, err error) {
	_ = c.Error(err) // returns what it was given
	c.Abort()
}

func noRoute(c *gin.Context) { fail(c, problem.ErrNoRoute) }

func noMethod(c *gin.Context) { fail(c, problem.ErrNoMethod) }

func pathID(c *gin.Context) (uuid.UUID, error) { return request.PathID("id", c.Param("id")) }

// target returns which resource is to be changed, and which version of it.
func target(c *gin.Context) (id uuid.UUID, version int, err error) {
	if id, err = pathID(c); err != nil {
		return uuid.Nil, 0, err
	}
	version, err = request.IfMatch(c.Request)
	return id, version, err
}

func answerTokens(c *gin.Context, tokens user.Tokens) {
	c.Header("Cache-Control", "no-store") // RFC 6749, 5.1
	c.JSON(http.StatusOK, newTokensBody(tokens))
}

// answerList answers with one page, as r asked for it.
func answerList[T, B any](c *gin.Context, list page.List[T], r page.Request, body func(T) B) {
	c.Header("Total-Count", strconv.Itoa(list.Total))
	c.Header("Link", page.Links(c.Request.URL, r, list.Total))
	c.JSON(http.StatusOK, newListBody(list, r, body))
}
