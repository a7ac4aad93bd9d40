package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/token"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitAuth        = 4 // not authenticated
	exitInterrupted = 130
)

// exitError adds an exit code to the engine's error.
type exitError struct {
	err  *generator.Error
	code int
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageError returns the error for a wrong command line.
func usageError(hint, format string, args ...any) error {
	return &exitError{err: generator.Errorf(hint, format, args...), code: exitUsage}
}

// report prints err and returns the exit code that it stands for.
func (a *App) report(err error) int {
	if err == nil {
		return exitOK
	}
	code := exitCode(err)
	if code == exitInterrupted {
		a.Streams.Error(ask.ErrInterrupted, hintOf(err))
	} else {
		a.Streams.Error(err, hintOf(err))
	}
	return code
}

// hintOf returns the hint of err, or "" where it has none.
func hintOf(err error) string {
	if e, ok := errors.AsType[*generator.Error](err); ok {
		return e.Hint
	}
	return ""
}

// exitCode returns the exit code that err stands for.
func exitCode(err error) int {
	if errors.Is(err, context.Canceled) || errors.Is(err, ask.ErrInterrupted) {
		return exitInterrupted
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if errors.Is(err, token.ErrUnusable) {
		return exitAuth
	}
	if e, ok := errors.AsType[*generator.Error](err); ok && e.Field != "" {
		return exitUsage
	}
	return exitFailed
}

func rejectUnknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "commands: " + strings.Join(names, ", ")
	if near := generator.Nearest(args[0], names); near != "" {
		hint = fmt.Sprintf("did you mean `%s %s`?", cmd.CommandPath(), near)
	}
	return usageError(hint, "unknown command %q", args[0])
}

func flagError(cmd *cobra.Command, err error) error {
	hint := fmt.Sprintf("`%s --help` lists the flags", cmd.CommandPath())
	if missing, ok := errors.AsType[*pflag.NotExistError](err); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := generator.Nearest(missing.GetSpecifiedName(), names); near != "" {
			hint = fmt.Sprintf("did you mean --%s?", near)
		}
	}
	return usageError(hint, "%w", err)
}

// atMost refuses more than n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return usageError("usage: "+cmd.UseLine(), "unexpected argument %q", args[n])
	}
}
