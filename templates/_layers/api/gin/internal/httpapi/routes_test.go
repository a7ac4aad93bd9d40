package httpapi_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/gin-gonic/gin"
)

// routes lists the routes of h as an OpenAPI document writes them.
func routes(t *testing.T, h *gin.Engine) []string {
	t.Helper()
	parameter := regexp.MustCompile(`[:*](\w+)`)
	var all []string
	for _, route := range h.Routes() {
		all = append(all, route.Method+" "+parameter.ReplaceAllString(route.Path, "{$1}"))
	}
	return all
}

// handle adds a route that ends with the error of f, or with its panic.
func handle(h *gin.Engine, path string, f func(http.ResponseWriter, *http.Request) error) {
	h.GET(path, func(c *gin.Context) {
		if err := f(c.Writer, c.Request); err != nil {
			_ = c.Error(err)
		}
	})
}
