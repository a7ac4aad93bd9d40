// Package cli is the command line: one file for each command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"example.com/app/internal/report"
	"example.com/app/internal/terminal"
)

// What the program tells the shell.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// App is what main knows about the program.
type App struct {
	Name     string
	Version  string
	CacheDir func() (string, error) // the user's folder for the caches of all programs
}

// environment is what the commands know about the world.
type environment struct {
	app    App
	getenv func(string) string
	stdout io.Writer
	stderr io.Writer
	screen terminal.Screen
}

// Run runs the command that args ask for and returns the exit code. It ends
// early when ctx does.
func Run(ctx context.Context, app App, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	env := &environment{app: app, getenv: getenv, stdout: stdout, stderr: stderr, screen: terminal.Of(stdout, getenv)}
	root := newRootCmd(env)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	strict(root)

	cmd, err := root.ExecuteContextC(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		env.complain(cmd, errors.New("interrupted"))
		return exitInterrupted
	case errors.As(err, &usage):
		env.complain(cmd, err)
		return exitUsage
	default:
		env.complain(cmd, err)
		return exitFailed
	}
}

// complain tells the user what is wrong with cmd and, where there is a way out,
// which.
func (env *environment) complain(cmd *cobra.Command, err error) {
	_, _ = fmt.Fprintf(env.stderr, "error: %v\n", err)
	if hint := env.hint(cmd, err); hint != "" {
		_, _ = fmt.Fprintf(env.stderr, "hint: %s\n", hint)
	}
}

func (env *environment) style() report.Style {
	return report.Style{Colour: env.screen.Colour, Width: env.screen.Width}
}
