// Command bare is what the cached route is measured against: one Redis GET, and the
// same bytes.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/redis/go-redis/v9"
)

func main() {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	client := redis.NewClient(options)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/v1/rooms", func(c *gin.Context) {
		body, err := client.Get(c.Request.Context(), "bare").Bytes()
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Data(http.StatusOK, "application/json; charset=utf-8", body)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("HTTP_ADDR"), r))
}
