// Command sandbox is a payment provider's sandbox.
package main

import (
	"os"

	"example.com/app/platform/app"
	"example.com/app/sandbox"
)

func main() { os.Exit(app.Main(sandbox.Name, sandbox.Commands())) }
