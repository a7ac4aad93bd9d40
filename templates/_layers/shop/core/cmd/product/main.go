// Command product is the product service.
package main

import (
	"os"

	"example.com/app/platform/app"
	"example.com/app/services/product"
)

func main() { os.Exit(app.Main(product.Name, product.Program().Commands())) }
