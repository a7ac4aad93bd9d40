// Command bare is what the cached route is measured against: one Redis GET, and the
// same bytes.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/labstack/echo/v5"
	"github.com/redis/go-redis/v9"
)

func main() {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	client := redis.NewClient(options)
	e := echo.New()
	e.GET("/v1/rooms", func(c *echo.Context) error {
		body, err := client.Get(c.Request().Context(), "bare").Bytes()
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/json; charset=utf-8", body)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("HTTP_ADDR"), e))
}
