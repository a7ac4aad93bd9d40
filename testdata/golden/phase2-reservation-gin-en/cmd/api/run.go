package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/acme/reservation-api/internal/config"
	"github.com/acme/reservation-api/internal/logging"
)

const usage = `usage: api [command]

  serve [-admin EMAIL]        serve the API; this is what api alone does.
                              -admin makes an account in the memory store
                              and prints its password
  migrate up|down|status      apply what is new of the schema, undo the last
                              step with its data, or show what is applied
  admin create -email EMAIL [-name NAME] [-password-stdin]
                              make an account that may do everything
  samples                     put sample data into the database
  healthcheck                 exit with 0 if the server on this machine lives

Settings are environment variables: see .env.example.
`

// Exit codes.
const (
	ok     = 0
	failed = 1
	misuse = 2
)

// errUsage is a command line that cannot be understood.
var errUsage = errors.New("wrong usage")

// program is what every command works with.
type program struct {
	cfg    config.Config
	logger *slog.Logger
	stdin  io.Reader
	stdout io.Writer
}

// run does what args ask for and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, getenv, stdin, stdout, stderr)
	switch {
	case err == nil:
		return ok
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return ok
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "error: %v\n\n%s", err, usage)
		return misuse
	default:
		fmt.Fprintf(stderr, "error: %s\n", strings.ReplaceAll(err.Error(), "\n", "\n       "))
		return failed
	}
}

func dispatch(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 && (!strings.HasPrefix(args[0], "-") || isHelp(args[0])) {
		command, args = args[0], args[1:]
	}
	commands := map[string]func(p *program, ctx context.Context, args []string) error{
		"serve":       (*program).serve,
		"migrate":     (*program).migrate,
		"admin":       (*program).admin,
		"samples":     (*program).samples,
		"healthcheck": (*program).healthcheck,
	}
	do, known := commands[command]
	switch {
	case isHelp(command):
		return flag.ErrHelp
	case !known:
		return fmt.Errorf("%w: unknown command %q", errUsage, command)
	}
	cfg, err := config.Load(getenv)
	if err != nil {
		return err
	}
	logger := slog.New(logging.NewHandler(stderr, cfg.LogLevel, cfg.Production))
	p := &program{cfg: cfg, logger: logger, stdin: stdin, stdout: stdout}
	return do(p, ctx, args)
}

func isHelp(arg string) bool { return arg == "help" || arg == "-h" || arg == "--help" }

// parse reads the flags of a command that takes no other arguments.
func parse(flags *flag.FlagSet, args []string) error {
	rest, err := parseArgs(flags, args)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: unexpected %q", errUsage, rest[0])
	}
	return err
}

// parseArgs reads flags and returns what follows them.
func parseArgs(flags *flag.FlagSet, args []string) ([]string, error) {
	flags.SetOutput(io.Discard) // run prints the error and the usage
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return flags.Args(), nil
}
