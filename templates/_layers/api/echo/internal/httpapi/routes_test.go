package httpapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
)

// routes lists the routes of h as an OpenAPI document writes them.
func routes(t *testing.T, h *echo.Echo) []string {
	t.Helper()
	parameter := regexp.MustCompile(`:(\w+)`)
	var all []string
	for _, route := range h.Router().Routes() {
		path := parameter.ReplaceAllString(route.Path, "{$1}")
		all = append(all, route.Method+" "+strings.Replace(path, "*", "{file}", 1))
	}
	return all
}

// handle adds a route that ends with the error of f, or with its panic.
func handle(h *echo.Echo, path string, f func(http.ResponseWriter, *http.Request) error) {
	h.GET(path, func(c *echo.Context) error { return f(c.Response(), c.Request()) })
}
