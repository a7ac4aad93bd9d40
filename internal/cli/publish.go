package cli

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/ui"
)

type publishOptions struct {
	app     *App
	catalog *generator.Catalog
	dir     string
	flags   publishFlags
	dryRun  bool
	json    bool
	yes     bool
}

func newPublishCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &publishOptions{app: a, catalog: catalog, dir: "."}
	cmd := &cobra.Command{
		Use:   "publish [DIR]",
		Short: "Create a project's repository on GitHub and push to it",
		Long: "Create the GitHub repository of the project in DIR, by default the working folder, push main to\n" +
			"it, and set it up: description, topics, labels, a backlog, protection of main.\n\n" +
			"Whatever is there already stays. A run that was cut short is run again and goes on from there.",
		Example: "  scaffold publish\n" +
			"  scaffold publish shop-prices --private --backlog issues\n" +
			"  scaffold publish --owner bootcamp-7 --protect --wait --yes",
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.dir = args[0]
			}
			if opts.dir == "" {
				return usageError("name a folder, or leave it out", "DIR is empty")
			}
			for _, name := range []string{"owner", "name"} {
				if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
					return usageError("leave it out for the default", "--%s is empty", name)
				}
			}
			if err := opts.flags.check(); err != nil {
				return err
			}
			return runPublish(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&opts.flags.owner, "owner", "", "GitHub `USER` or organisation (default: the project's, or whose token it is)")
	f.StringVar(&opts.flags.name, "name", "", "the repository's `NAME` (default: the project's)")
	f.StringVar(&opts.flags.description, "description", "", "one line of `TEXT` (default: the project's)")
	opts.flags.register(f)
	complete(cmd, "backlog", backlogs)
	f.BoolVar(&opts.dryRun, "dry-run", false, "print what would be done, change nothing")
	f.BoolVar(&opts.json, "json", false, "print one JSON document")
	f.BoolVarP(&opts.yes, "yes", "y", false, "ask nothing")
	return cmd
}

func runPublish(ctx context.Context, opts *publishOptions) error {
	a := opts.app
	config, err := a.publishConfig(opts.catalog, opts.flags.host)
	if err != nil {
		return err
	}
	result, err := a.publish(ctx, config, opts.flags.request(opts.dir), publishing{
		dryRun: opts.dryRun, quiet: opts.json && a.Streams.Terminal == nil, wait: opts.flags.wait, prompter: a.prompter(opts.yes),
	})
	if err == nil || opts.json { // other programs have to know what was done, also where it failed
		err = errors.Join(err, result.print(a.Streams, opts.json))
	}
	return err
}

// publishing says how a.publish runs.
type publishing struct {
	dryRun   bool
	quiet    bool // does not print the plan
	wait     bool // follows the workflow runs
	prompter *ask.Prompter
}

// publish follows the flow project → plan → (asked) → done → watched, and prints
// each step. The result is nil where there is nothing to print.
func (a *App) publish(ctx context.Context, config publish.Config, request publish.Request, how publishing) (*publishResult, error) {
	p, err := publish.Open(ctx, config, request)
	if err != nil {
		return nil, err
	}
	if p.Project.Changed {
		a.Streams.Warn("what is not committed is not published", "")
	}
	plan, err := p.Plan(ctx)
	if err != nil {
		return nil, err
	}
	result := newPublishResult(plan, how.dryRun)
	if !how.dryRun {
		result, err = a.carryOut(ctx, p, plan, result, how)
	}
	if result != nil {
		result.Calls.Made = p.GitHub.Calls()
	}
	return result, err
}

// carryOut does what the plan says and notes it in the result, which is nil
// where the user declines.
func (a *App) carryOut(ctx context.Context, p *publish.Publisher, plan publish.Plan, result *publishResult, how publishing) (*publishResult, error) {
	if !how.quiet {
		if err := printPlan(a.Streams, a.Streams.Err, plan); err != nil {
			return nil, err
		}
	}
	if how.prompter != nil && len(plan.Actions) > 0 {
		if ok, err := how.prompter.Confirm(ctx, "Go on?"); err != nil || !ok {
			return nil, cmp.Or(err, errors.New("nothing was published"))
		}
	}
	warned := len(plan.Warnings)
	did := p.Did
	p.Did = func(action publish.Action) {
		result.Done = append(result.Done, resultAction{Kind: action.Kind, What: action.What})
		did(action)
	}
	plan, err := p.Run(ctx, plan)
	result.update(plan)
	for _, warning := range plan.Warnings[min(warned, len(plan.Warnings)):] {
		a.Streams.Warn(warning, "")
	}
	if err != nil || !how.wait {
		return result, err
	}
	return result, a.watch(ctx, p, plan.Repository, result)
}

// watch prints each job of the runs that the push started as it ends.
func (a *App) watch(ctx context.Context, p *publish.Publisher, r github.Repository, result *publishResult) error {
	s := a.Streams
	jobs := map[int64][]resultJob{}
	runs, err := p.Watch(ctx, r, publish.Watch{
		Every: a.Pace.Poll, Appear: a.Pace.Appear,
		Began: func(run github.Run) { s.Say("%s  %s %s", s.Paint(ui.Faint, "run"), run.Workflow, run.URL) },
		Ended: func(run github.Run, job github.Job) {
			mark := s.Paint(ui.Green, "pass")
			if !publish.Green(job.Conclusion) {
				mark = s.Paint(ui.Red, "FAIL")
			}
			if job.Conclusion != "success" {
				mark += " " + job.Conclusion
			}
			s.Say("%s %s / %s %s", mark, run.Workflow, job.Name, s.Paint(ui.Faint, job.Took.String()))
			jobs[run.ID] = append(jobs[run.ID], resultJob{Name: job.Name, Conclusion: job.Conclusion, Seconds: int(job.Took.Seconds()), URL: job.URL})
		},
	})
	for _, run := range runs {
		result.Runs = append(result.Runs, resultRun{Workflow: run.Workflow, Conclusion: run.Conclusion, URL: run.URL, Jobs: jobs[run.ID]})
	}
	return err
}
