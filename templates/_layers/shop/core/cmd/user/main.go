// Command user is the user service.
package main

import (
	"os"

	"example.com/app/platform/app"
	"example.com/app/services/user"
)

func main() { os.Exit(app.Main(user.Name, user.Program().Commands())) }
