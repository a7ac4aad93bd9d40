package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/token"
	"github.com/phasekit/scaffold/internal/ui"
)

// Pace says how fast scaffold talks to GitHub. Its zero value keeps GitHub's own
// rules.
type Pace struct {
	Requests github.Patience
	Retry    time.Duration // the first wait after a failure that may pass
	Quiet    time.Duration // how long git's server may send nothing
	Poll     time.Duration // between two looks at workflow runs
	Appear   time.Duration // how long the first run may take to appear
}

type publishOptions struct {
	dir             string
	host            string
	owner, name     string
	public, private bool
	description     string
	topics          []string
	protect         bool
	backlog         string
	wait            bool
	dryRun          bool
	json            bool
	yes             bool
}

func newPublishCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &publishOptions{}
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
			opts.dir = "."
			if len(args) == 1 {
				if args[0] == "" {
					return usageError("name a folder, or leave it out", "DIR is empty")
				}
				opts.dir = args[0]
			}
			for _, name := range []string{"owner", "name"} {
				if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
					return usageError("leave it out for the default", "--%s is empty", name)
				}
			}
			if err := opts.check(); err != nil {
				return err
			}
			var prompter *ask.Prompter
			if a.Streams.Terminal != nil && !opts.yes {
				prompter = ask.New(a.Streams.Terminal)
			}
			result, err := a.publish(cmd.Context(), catalog, opts, prompter)
			if err == nil || opts.json { // other programs have to know what was done, also where it failed
				err = errors.Join(err, result.print(a.Streams, opts))
			}
			return err
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&opts.owner, "owner", "", "GitHub `USER` or organisation (default: the project's, or whose token it is)")
	f.StringVar(&opts.name, "name", "", "the repository's `NAME` (default: the project's)")
	f.StringVar(&opts.description, "description", "", "one line of `TEXT` (default: the project's)")
	opts.flags(f)
	complete(cmd, "backlog", backlogs)
	f.BoolVar(&opts.dryRun, "dry-run", false, "print what would be done, change nothing")
	f.BoolVar(&opts.json, "json", false, "print one JSON document")
	f.BoolVarP(&opts.yes, "yes", "y", false, "ask nothing")
	return cmd
}

// flags adds those that publish and new share.
func (o *publishOptions) flags(f *pflag.FlagSet) {
	f.BoolVar(&o.public, "public", false, "a repository that everybody sees (default)")
	f.BoolVar(&o.private, "private", false, "a repository that only you and those you invite see")
	f.StringSliceVar(&o.topics, "topics", nil, "GitHub topics, `a,b` (default: the phase's)")
	f.BoolVar(&o.protect, "protect", false, "let main require the check CI, which stands for all jobs of ci.yml")
	f.StringVar(&o.backlog, "backlog", string(publish.Checklist), "the phase's weeks in one issue, or in one each, `none|checklist|issues`")
	f.BoolVar(&o.wait, "wait", false, "wait for the first workflow runs, and fail if one does")
	f.StringVar(&o.host, "host", "", "GitHub `HOST` (default: GH_HOST, or github.com)")
}

var (
	backlogs       = []string{string(publish.NoBacklog), string(publish.Checklist), string(publish.Issues)}
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	topicName      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)
)

// check refuses what GitHub would refuse, before anything is done.
func (o *publishOptions) check() error {
	if o.public && o.private {
		return usageError("choose one", "--public and --private exclude each other")
	}
	if !slices.Contains(backlogs, o.backlog) {
		hint := "valid: " + strings.Join(backlogs, ", ")
		if near := generator.Nearest(o.backlog, backlogs); near != "" {
			hint = fmt.Sprintf("did you mean %s? %s", near, hint)
		}
		return usageError(hint, "--backlog %q is not known", o.backlog)
	}
	for _, topic := range o.topics {
		if !topicName.MatchString(topic) {
			return usageError("at most 50 lower-case letters, digits and hyphens, such as --topics go,rest-api", "topic %q is none for GitHub", topic)
		}
	}
	if o.owner != "" && !generator.ValidOwner(o.owner) {
		return usageError("for example --owner acme", "--owner %q is no GitHub user or organisation", o.owner)
	}
	if o.name != "" && (!repositoryName.MatchString(o.name) || o.name == "." || o.name == "..") {
		return usageError("at most 100 letters, digits, hyphens, underscores and dots", "--name %q is no repository's name", o.name)
	}
	if strings.ContainsAny(o.description, "\n\r\t") || len([]rune(o.description)) > 350 {
		return usageError("one line of at most 350 characters", "GitHub does not take that --description")
	}
	return nil
}

// resume is the command that goes on from where this one was cut short.
func (o *publishOptions) resume() string {
	words := []string{"scaffold", "publish"}
	if o.dir != "." {
		words = append(words, shellQuote(o.dir))
	}
	for _, f := range []struct{ flag, value string }{
		{"--owner", o.owner}, {"--name", o.name}, {"--description", o.description}, {"--topics", strings.Join(o.topics, ",")}, {"--host", o.host},
	} {
		if f.value != "" {
			words = append(words, f.flag, shellQuote(f.value))
		}
	}
	for _, f := range []struct {
		flag string
		set  bool
	}{{"--public", o.public}, {"--private", o.private}, {"--protect", o.protect}, {"--wait", o.wait}} {
		if f.set {
			words = append(words, f.flag)
		}
	}
	if o.backlog != string(publish.Checklist) {
		words = append(words, "--backlog", o.backlog)
	}
	return strings.Join(words, " ")
}

// publish follows the flow project → plan → (asked) → done → watched. The
// result is nil where nothing has come of it that could be told.
func (a *App) publish(ctx context.Context, catalog *generator.Catalog, opts *publishOptions, prompter *ask.Prompter) (*publishResult, error) {
	git := findGit()
	if git == nil {
		return nil, &hinted{err: gitrepo.ErrNotInstalled, hint: "https://git-scm.com/downloads"}
	}
	host, err := a.host(opts.host)
	if err != nil {
		return nil, err
	}
	project, err := readProject(ctx, a, catalog, git, opts)
	if err != nil {
		return nil, err
	}
	wish, err := wishFor(host, catalog, project, opts)
	if err != nil {
		return nil, err
	}
	auth, err := a.findToken(ctx, host)
	if err != nil {
		return nil, err
	}
	patience := a.Pace.Requests
	patience.Sleep = a.Streams.Wait
	p := &publish.Publisher{
		GitHub: github.New(host, auth.Value, patience), Git: git, Token: auth.Value,
		Catalog: catalog, Project: project, Wish: wish,
		Retry: a.Pace.Retry, Quiet: a.Pace.Quiet,
		Waiting: func(err error, wait time.Duration) {
			a.Streams.Say("%s %v: again in %s", a.Streams.Paint(ui.Yellow, "wait"), err, wait)
		},
		Did: func(action publish.Action) {
			a.Streams.Say("%s %-9s %s", a.Streams.Paint(ui.Green, "done"), action.Kind, action.What)
		},
	}
	result, err := a.carryOut(ctx, p, opts, prompter)
	if result != nil {
		result.Calls.Made = p.GitHub.Calls()
	}
	return result, advise(err, host, auth, opts)
}

// client returns the access to a host that publishing would use.
func (a *App) client(ctx context.Context, hostFlag string) (*github.Client, error) {
	host, err := a.host(hostFlag)
	if err != nil {
		return nil, err
	}
	auth, err := a.findToken(ctx, host)
	if err != nil {
		return nil, err
	}
	return github.New(host, auth.Value, a.Pace.Requests), nil
}

func (a *App) carryOut(ctx context.Context, p *publish.Publisher, opts *publishOptions, prompter *ask.Prompter) (*publishResult, error) {
	plan, err := p.Plan(ctx)
	if err != nil {
		return nil, err
	}
	if named := p.Project.Lock.Spec.Repository(); named != "" && !strings.EqualFold(named, plan.Repository.FullName()) {
		plan.Warnings = append(plan.Warnings, fmt.Sprintf("README and module were made for %s: badges and go install lead there", named))
	}
	result := newPublishResult(opts, plan)
	if opts.dryRun {
		return result, nil
	}
	if !opts.json || a.Streams.Terminal != nil {
		if err := printPlan(a.Streams, a.Streams.Err, plan); err != nil {
			return nil, err
		}
	}
	if prompter != nil && len(plan.Actions) > 0 {
		if ok, err := prompter.Confirm(ctx, "Go on?"); err != nil || !ok {
			return nil, cmp.Or(err, errors.New("nothing was published"))
		}
	}
	warned := len(plan.Warnings)
	did := p.Did
	p.Did = func(action publish.Action) {
		result.Done = append(result.Done, resultAction{Kind: action.Kind, What: action.What})
		did(action)
	}
	plan, err = p.Run(ctx, plan)
	result.update(plan)
	for _, warning := range plan.Warnings[min(warned, len(plan.Warnings)):] {
		a.Streams.Warn(warning, "")
	}
	if err != nil || !opts.wait {
		return result, err
	}
	return result, a.watch(ctx, p, plan.Repository, result)
}

// watch prints each job of the runs that the push started as it ends.
func (a *App) watch(ctx context.Context, p *publish.Publisher, r github.Repository, result *publishResult) error {
	s := a.Streams
	jobs := map[int64][]resultJob{}
	w := publish.Watch{
		GitHub: p.GitHub, Every: a.Pace.Poll, Appear: a.Pace.Appear,
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
	}
	runs, err := w.Run(ctx, r.Owner, r.Name, p.Project.Commit)
	for _, run := range runs {
		result.Runs = append(result.Runs, resultRun{Workflow: run.Workflow, Conclusion: run.Conclusion, URL: run.URL, Jobs: jobs[run.ID]})
	}
	switch {
	case errors.Is(err, publish.ErrRed):
		return &hinted{err: err, hint: r.WebURL + "/actions shows the logs"}
	case errors.Is(err, publish.ErrNoRun):
		return &hinted{err: err, hint: "are Actions allowed? " + r.WebURL + "/settings/actions"}
	}
	return err
}

// advise adds the way out to an error of publishing.
func advise(err error, host github.Host, auth token.Token, opts *publishOptions) error {
	if errors.Is(err, context.Canceled) {
		return &hinted{err: err, hint: "what is done is done; this goes on from there: " + opts.resume()}
	}
	if problem, ok := errors.AsType[*publish.ProblemError](err); ok {
		if problem.Token {
			return &hinted{err: err, hint: betterToken(host, auth), code: exitAuth}
		}
		return &hinted{err: err, hint: problem.Hint}
	}
	if github.Temporary(err) || errors.Is(err, github.ErrLimited) || errors.Is(err, gitrepo.ErrUnreachable) {
		return &hinted{err: err, hint: "later, this goes on from there: " + opts.resume()}
	}
	return err
}

// betterToken says how to get a token that may publish, by the source of the one
// in use.
func betterToken(host github.Host, auth token.Token) string {
	switch auth.Source {
	case token.FromGH:
		return fmt.Sprintf("gh auth refresh --hostname %s --scopes repo,workflow", host.Name)
	case token.FromKeyring, token.FromFile:
		return "scaffold auth login"
	}
	return fmt.Sprintf("put another token in %s, with the scopes repo and workflow: %s",
		auth.Source, host.Page("settings", "tokens", "new")+"?scopes=repo,workflow")
}
