package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/app/cmd/internal/parts"
	"example.com/app/internal/config"
	"example.com/app/internal/server"
)

const usage = `usage: worker [command]

  all            relay and mail in one process; this is what worker alone does
  relay          move jobs from the outbox to the queue
  mail           write e-mails
  healthcheck    exit with 0 if the worker on this machine lives

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

// run does what args ask for and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, getenv, stderr)
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

func dispatch(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) error {
	command := "all"
	switch len(args) {
	case 0:
	case 1:
		command = args[0]
	default:
		return fmt.Errorf("%w: unexpected %q", errUsage, args[1])
	}
	commands := map[string][]string{
		"all":         {relay, mail},
		relay:         {relay},
		mail:          {mail},
		"healthcheck": nil,
	}
	chosen, known := commands[command]
	switch {
	case command == "help" || command == "-h" || command == "--help":
		return flag.ErrHelp
	case !known:
		return fmt.Errorf("%w: unknown command %q", errUsage, command)
	}
	cfg, err := config.LoadAll(getenv)
	if err != nil {
		return err
	}
	if command == "healthcheck" {
		return server.CheckHealth(ctx, "ADMIN_ADDR", cfg.AdminAddr)
	}
	if parts.InProcess(cfg) {
		return errors.New("DATABASE_URL and the queue's URL must be set: without them the API does the jobs itself")
	}
	logger, flush, err := parts.Logger(cfg, stderr)
	if err != nil {
		return err
	}
	defer flush()
	return work(ctx, cfg, logger, chosen)
}

// work does the chosen work until ctx is done, and then finishes what is in hand.
func work(ctx context.Context, cfg config.All, logger *slog.Logger, chosen []string) (err error) {
	w, err := assemble(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer w.close()
	tasks, ctx := errgroup.WithContext(ctx)
	for _, name := range chosen {
		task := w.tasks[name]
		tasks.Go(func() error { return task(ctx) })
	}
	if cfg.AdminAddr != "" {
		tasks.Go(func() error { return server.Admin(ctx, cfg.AdminAddr, w.metrics.AdminHandler(), logger) })
	}
	logger.Info("working", slog.Any("on", chosen))
	if err := tasks.Wait(); err != nil {
		return err
	}
	logger.Info("stopped")
	return nil
}
