package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"example.com/app/cmd/internal/parts"
	"example.com/app/internal/job"
)

// jobs shows the jobs that were given up, or has them tried again.
func (p *program) jobs(ctx context.Context, args []string) (err error) {
	if len(args) < 2 || args[0] != "dead" || args[1] != "list" && args[1] != "retry" {
		return fmt.Errorf("%w: jobs knows only dead list and dead retry", errUsage)
	}
	flags := flag.NewFlagSet("jobs dead", flag.ContinueOnError)
	group := flags.String("group", parts.Groups()[0], "")
	limit := flags.Int("limit", 100, "")
	ids, err := parseArgs(flags, args[2:])
	if err != nil {
		return err
	}
	if parts.InProcess(p.cfg) {
		return errors.New("there is no job queue, see .env.example: jobs in memory end with their process")
	}
	queue, err := parts.Queue(p.cfg, p.logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, queue.Close()) }()
	if args[1] == "list" {
		return p.listDead(ctx, queue, *group, *limit)
	}
	return p.retryDead(ctx, queue, *group, ids)
}

func (p *program) listDead(ctx context.Context, queue job.Queue, group string, limit int) error {
	dead, err := queue.Dead(ctx, group, limit)
	if err != nil {
		return err
	}
	if len(dead) == 0 {
		fmt.Fprintf(p.stdout, "no job of %s was given up\n", group)
		return nil
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tTRIES\tGIVEN UP\tREASON")
	for _, d := range dead {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", d.ID, d.Kind, d.Tries, d.DiedAt.Format(time.RFC3339), firstLine(d.Reason))
	}
	return table.Flush()
}

// retryDead retries the jobs with the ids given, or all.
func (p *program) retryDead(ctx context.Context, queue job.Queue, group string, ids []string) error {
	const batch = 1000
	var chosen []uuid.UUID
	switch {
	case len(ids) == 0:
		return fmt.Errorf("%w: say which jobs: their ids, or all", errUsage)
	case len(ids) == 1 && ids[0] == "all":
		dead, err := queue.Dead(ctx, group, batch)
		if err != nil {
			return err
		}
		for _, d := range dead {
			chosen = append(chosen, d.ID)
		}
	default:
		for _, text := range ids {
			id, err := uuid.Parse(text)
			if err != nil {
				return fmt.Errorf("%w: %q is not the id of a job", errUsage, text)
			}
			chosen = append(chosen, id)
		}
	}
	for _, id := range chosen {
		if err := queue.Retry(ctx, group, id); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "will be tried again:", id)
	}
	if len(chosen) == batch {
		fmt.Fprintln(p.stdout, "there may be more")
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
