// This program shows what crypto coins cost, now and in the past, and what a
// portfolio of them is worth.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/acme/crypto-price/internal/cli"
)

const name = "crypto-price"

var version = "dev" // set by -ldflags "-X main.version=…"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	app := cli.App{Name: name, Version: buildVersion(), CacheDir: os.UserCacheDir}
	return cli.Run(ctx, app, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
}

// buildVersion is the linker's version, or else the module version that
// go install recorded.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if version == "dev" && ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}
