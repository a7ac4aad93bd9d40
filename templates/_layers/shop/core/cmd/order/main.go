// Command order is the order service.
package main

import (
	"os"

	"example.com/app/platform/app"
	"example.com/app/services/order"
)

func main() { os.Exit(app.Main(order.Name, order.Program().Commands())) }
