// Command gateway is the shop's public origin.
package main

import (
	"os"

	"example.com/app/gateway"
	"example.com/app/platform/app"
)

func main() { os.Exit(app.Main(gateway.Name, gateway.Commands())) }
