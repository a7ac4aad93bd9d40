package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/shell"
	"github.com/phasekit/scaffold/presets"
)

type newOptions struct {
	app          *App
	catalog      *generator.Catalog
	dir          string
	flags        map[string]string // of the spec, by generator.Catalog.Keys
	preset       string
	git          string // a gitrepo.Extent
	verify       bool
	publish      bool
	publishFlags publishFlags // for publish
	dryRun       bool
	json         bool
	yes          bool
}

func newNewCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &newOptions{app: a, catalog: catalog, flags: map[string]string{}}
	cmd := &cobra.Command{
		Use:   "new [DIR]",
		Short: "Write a new project",
		Long: "Write a new project to DIR, by default a folder with the project's name.\n" +
			"In a terminal, phase, choices, name and module are asked unless a flag or a preset has\n" +
			"answered. Elsewhere defaults apply.",
		Example: "  scaffold new --phase 1\n" +
			"  scaffold new shop-prices --phase 1 --module github.com/acme/shop-prices --yes\n" +
			"  scaffold new --phase 2 --framework echo --publish --protect --wait\n" +
			"  scaffold new --preset ./cohort.yaml --dry-run",
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if args[0] == "" {
					return usageError("name a folder, or leave it out", "DIR is empty")
				}
				opts.dir = args[0]
			}
			for _, key := range catalog.Keys() {
				if f := cmd.Flags().Lookup(key); f.Changed {
					opts.flags[key] = f.Value.String()
				}
			}
			if opts.git != "" && !slices.Contains(extents, opts.git) {
				return usageError("valid: "+strings.Join(extents, ", "), "--git %q is not known", opts.git)
			}
			if err := opts.checkPublish(cmd.Flags()); err != nil {
				return err
			}
			return runNew(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.String("phase", "", "phase `N` of the roadmap: "+strings.Join(phaseNumbers(catalog), ", "))
	complete(cmd, "phase", phaseNumbers(catalog))
	for _, axis := range catalog.Axes {
		names := axis.Names()
		f.String(axis.Name, "", fmt.Sprintf("%s `%s`", axis.Question, strings.Join(names, "|")))
		complete(cmd, axis.Name, names)
		f.Lookup(axis.Name).Hidden = !offered(catalog, axis)
	}
	f.String("name", "", "the project's and its program's `NAME` (default: the module's, or DIR's)")
	f.String("module", "", "Go module `PATH` (default: github.com/OWNER/NAME)")
	f.String("owner", "", "GitHub `USER` or organisation (default: git's github.user, or gh's user)")
	f.String("description", "", "one line of `TEXT` about the project")
	f.String("author", "", "`NAME` in the licence (default: git's user.name)")
	f.StringVar(&opts.preset, "preset", "", "saved choices, `NAME|FILE`: "+strings.Join(presets.Names(), ", ")+", or your own")
	// As complete does, but a file is an answer too.
	_ = cmd.RegisterFlagCompletionFunc("preset", cobra.FixedCompletions(presets.Names(), cobra.ShellCompDirectiveDefault))
	f.StringVar(&opts.git, "git", "", "how far to take the git repository, `commit|init|none` (default: commit)")
	complete(cmd, "git", extents)
	f.BoolVar(&opts.verify, "verify", false, "run the new project's build and tests")
	f.BoolVar(&opts.publish, "publish", false, "then publish it on GitHub; the flags from --public to --host say how")
	opts.publishFlags.register(f)
	complete(cmd, "backlog", backlogs)
	f.BoolVar(&opts.dryRun, "dry-run", false, "print what would be written, write nothing")
	f.BoolVar(&opts.json, "json", false, "print one JSON document")
	f.BoolVarP(&opts.yes, "yes", "y", false, "ask nothing, take the defaults")
	return cmd
}

// extents are the values of --git.
var extents = []string{string(gitrepo.Committed), string(gitrepo.Staged), string(gitrepo.NoRepository)}

func complete(cmd *cobra.Command, flag string, values []string) {
	// The only error is a flag that is not there, which no user could fix.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

func phaseNumbers(c *generator.Catalog) []string {
	var numbers []string
	for _, p := range c.Phases {
		numbers = append(numbers, strconv.Itoa(p.Number))
	}
	return numbers
}

// offered reports whether any phase has the axis, so far.
func offered(c *generator.Catalog, axis generator.Axis) bool {
	return slices.ContainsFunc(c.Phases, func(p generator.Phase) bool { return len(p.Axes[axis.Name]) > 0 })
}

// checkPublish refuses flags of publishing without --publish, and --publish
// without a commit.
func (o *newOptions) checkPublish(f *pflag.FlagSet) error {
	if o.publish {
		if o.git != "" && o.git != string(gitrepo.Committed) {
			return usageError("leave --git out", "--publish needs a commit, and --git is %s", o.git)
		}
		return o.publishFlags.check()
	}
	shared := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(publishFlags).register(shared)
	var err error
	shared.VisitAll(func(flag *pflag.Flag) {
		if err == nil && f.Changed(flag.Name) {
			err = usageError("add --publish", "--%s says how to publish, and --publish is not there", flag.Name)
		}
	})
	return err
}

// runNew follows the flow flags + preset + answers → spec → plan → tree →
// written → first commit → verified → published.
func runNew(ctx context.Context, opts *newOptions) error {
	a := opts.app
	if opts.dir != "" { // before the user answers a question in vain
		if err := generator.CheckTarget(opts.dir); err != nil {
			return err
		}
	}
	git, prompter := findGit(), a.prompter(opts.yes)
	chosen, err := opts.choose(ctx, git, prompter)
	if err != nil {
		return err
	}
	dir := cmp.Or(opts.dir, chosen.spec.Name)
	if err := generator.CheckTarget(dir); err != nil {
		return err
	}
	plan, err := opts.catalog.Plan(chosen.spec)
	if err != nil {
		return err
	}
	tree, err := generator.Render(a.Templates, opts.catalog, plan, a.Build.Version)
	if err != nil {
		return err
	}
	result := newResult(a.Build.Version, dir, opts.catalog, plan, tree)
	if opts.dryRun {
		if opts.publish {
			a.Streams.Say("and published then; `scaffold publish %s --dry-run` shows how, once it is there", shell.Quote(dir))
		}
		return result.printDryRun(a.Streams, opts.json)
	}
	if a.Streams.Terminal != nil {
		summarise(a.Streams, opts.catalog, chosen, dir, len(tree.Files()))
	}
	if chosen.asked {
		if ok, err := prompter.Confirm(ctx, "Write it?"); err != nil || !ok {
			return cmp.Or(err, errors.New("nothing was written"))
		}
	}
	if err := tree.Write(ctx, dir); err != nil {
		return err
	}
	start := gitrepo.StartOptions{Dir: dir, Extent: chosen.git, Message: "feat: add " + chosen.spec.Name, Executables: tree.Executables()}
	if err := opts.finish(ctx, git, start, chosen.publish, result); err != nil {
		hint := ""
		if chosen.publish != nil {
			hint = chosen.publish.command(dir)
		}
		a.Streams.Warn("project written to "+dir+", but a later step failed", hint)
		if opts.json { // other programs have to know of it, also where it failed
			err = errors.Join(err, result.print(a.Streams, true))
		}
		return err
	}
	if chosen.publish != nil && !opts.json {
		return result.Publish.print(a.Streams, false)
	}
	return result.print(a.Streams, opts.json)
}

// finish takes the written project into git, verifies it and publishes it, as
// far as each is asked for, and notes in the result what was done.
func (o *newOptions) finish(ctx context.Context, git *gitrepo.Git, start gitrepo.StartOptions, flags *publishFlags, result *result) error {
	a := o.app
	started, err := gitrepo.Start(ctx, git, start)
	result.Git = gitResult{State: started.Extent, Commit: started.Commit}
	if w := started.Warning; w != nil {
		a.Streams.Warn(w.Message, w.Hint)
	}
	if err != nil {
		return err
	}
	if o.verify {
		if err := verify(ctx, a.Streams, start.Dir); err != nil {
			return err
		}
		result.Verified = true
	}
	if flags == nil {
		return nil
	}
	if !o.json { // before publishing, which may fail
		if err := result.print(a.Streams, false); err != nil {
			return err
		}
	}
	config, err := a.publishConfig(o.catalog, flags.host)
	if err != nil {
		return err
	}
	result.Publish, err = a.publish(ctx, config, flags.request(start.Dir), publishing{
		quiet: o.json && a.Streams.Terminal == nil, wait: flags.wait,
	})
	return err
}
