package httpapi

import "github.com/gin-gonic/gin"

// limitAddress rejects a request when its client's address has sent too many.
func (s *server) limitAddress(c *gin.Context) {
	if err := s.Limits.takeAddress(c.Request.Context(), c.Writer.Header(), routeOf(c), c.ClientIP()); err != nil {
		fail(c, err)
	}
}

// limitAccount rejects a request when its account has sent too many.
func (s *server) limitAccount(c *gin.Context) {
	if err := s.Limits.takeAccount(c.Request.Context(), c.Writer.Header(), routeOf(c), actorOf(c)); err != nil {
		fail(c, err)
	}
}

// routeOf returns the route of a request, such as "GET /v1/users/:id".
func routeOf(c *gin.Context) string { return c.Request.Method + " " + c.FullPath() }
