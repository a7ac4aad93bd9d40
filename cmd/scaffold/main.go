// Scaffold starts backend portfolio projects.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/phasekit/scaffold/internal/cli"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

// Set by -ldflags -X in released builds.
var version, commit, date, clientID string

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	app := &cli.App{
		Streams:   ui.System(os.Getenv),
		Getenv:    os.Getenv,
		Templates: templates.FS(),
		Build:     buildInfo(),
	}
	return app.Run(ctx, os.Args[1:])
}

// buildInfo falls back to what the go command recorded, for `go install`.
func buildInfo() cli.Build {
	b := cli.Build{Version: version, Commit: commit, Date: date, ClientID: clientID}
	info, ok := debug.ReadBuildInfo()
	if b.Version == "" && ok && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	if b.Version == "" {
		b.Version = "dev"
	}
	return b
}
