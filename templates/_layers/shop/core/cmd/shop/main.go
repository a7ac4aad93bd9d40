// Command shop runs all services in one process, without anything around it.
package main

import (
	"os"

	"example.com/app/platform/app"
)

func main() {
	os.Exit(app.Main("shop", []app.Command{
		{Name: "serve", Usage: "serve                   run the whole shop, in memory; what shop alone does", Run: serve},
		{Name: "demo", Usage: "demo [-url URL]         place an order and print its life: at a shop of its own, or at the one with the URL", Run: demo},
	}))
}
