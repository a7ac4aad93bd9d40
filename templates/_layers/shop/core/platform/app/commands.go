package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// Exit codes.
const (
	ok     = 0
	failed = 1
	misuse = 2
)

// ErrUsage is a command line that cannot be understood.
var ErrUsage = errors.New("wrong usage")

// Command is something that a program does.
type Command struct {
	Name  string // its first word
	Usage string // one line of the help, which begins with how to call it
	Run   func(ctx context.Context, env Env, args []string) error
}

// Env is what a command has around it.
type Env struct {
	Getenv func(string) string
	Out    io.Writer
	Err    io.Writer
}

// Main runs the program with the name as its main does, and returns the exit code. Without
// an argument, it does the first of the commands.
func Main(name string, commands []Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	return Run(ctx, name, commands, os.Args[1:], Env{Getenv: os.Getenv, Out: os.Stdout, Err: os.Stderr})
}

// Run does what args ask for and returns the exit code.
func Run(ctx context.Context, name string, commands []Command, args []string, env Env) int {
	err := dispatch(ctx, commands, args, env)
	switch {
	case err == nil:
		return ok
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(env.Out, usage(name, commands))
		return ok
	case errors.Is(err, ErrUsage):
		fmt.Fprintf(env.Err, "error: %v\n\n%s", err, usage(name, commands))
		return misuse
	default:
		fmt.Fprintf(env.Err, "error: %s\n", strings.ReplaceAll(err.Error(), "\n", "\n       "))
		return failed
	}
}

func dispatch(ctx context.Context, commands []Command, args []string, env Env) error {
	if len(args) == 0 {
		return commands[0].Run(ctx, env, nil)
	}
	if slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		return flag.ErrHelp
	}
	i := slices.IndexFunc(commands, func(c Command) bool { return c.Name == args[0] })
	if i < 0 {
		return fmt.Errorf("%w: unknown command %q", ErrUsage, args[0])
	}
	return commands[i].Run(ctx, env, args[1:])
}

func usage(name string, commands []Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s [command]\n\n", name)
	for _, c := range commands {
		fmt.Fprintf(&b, "  %s\n", c.Usage)
	}
	b.WriteString("\nSettings are environment variables: see README.md.\n")
	return b.String()
}

// NoArgs refuses arguments where there are none to give.
func NoArgs(args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: unexpected %q", ErrUsage, args[0])
	}
	return nil
}

// ParseFlags reads the flags of a command that takes no other arguments.
func ParseFlags(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(io.Discard) // Run prints the error and the usage
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUsage, err)
	default:
		return NoArgs(flags.Args())
	}
}
