package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/presets"
)

type newOptions struct {
	dir    string
	flags  map[string]string // what flags say about the spec, by generator.Catalog.Keys
	preset string
	git    string
	verify bool
	// publish says that the project is to be published, and hub how.
	publish bool
	hub     publishOptions
	dryRun  bool
	json    bool
	yes     bool
}

// The values of --git.
const (
	gitCommit = "commit"
	gitInit   = "init"
	gitNone   = "none"
)

func newNewCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &newOptions{flags: map[string]string{}}
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
			if err := opts.checkPublish(cmd.Flags()); err != nil {
				return err
			}
			return runNew(cmd.Context(), a, catalog, opts)
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
	complete(cmd, "git", []string{gitCommit, gitInit, gitNone})
	f.BoolVar(&opts.verify, "verify", false, "run the new project's build and tests")
	f.BoolVar(&opts.publish, "publish", false, "then publish it on GitHub; the flags from --public to --host say how")
	opts.hub.flags(f)
	complete(cmd, "backlog", backlogs)
	f.BoolVar(&opts.dryRun, "dry-run", false, "print what would be written, write nothing")
	f.BoolVar(&opts.json, "json", false, "print one JSON document")
	f.BoolVarP(&opts.yes, "yes", "y", false, "ask nothing, take the defaults")
	return cmd
}

func complete(cmd *cobra.Command, flag string, values []string) {
	// The only error is a flag that is not there, which no user could mend.
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

// checkPublish refuses flags of publishing that could come to nothing.
func (o *newOptions) checkPublish(f *pflag.FlagSet) error {
	if o.publish {
		if o.git != "" && o.git != gitCommit {
			return usageError("leave --git out", "--publish needs a commit, and --git is %s", o.git)
		}
		o.git = gitCommit
		return o.hub.check()
	}
	shared := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(publishOptions).flags(shared)
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
func runNew(ctx context.Context, a *App, catalog *generator.Catalog, opts *newOptions) error {
	if opts.git != "" && !slices.Contains([]string{gitCommit, gitInit, gitNone}, opts.git) {
		return usageError("valid: commit, init, none", "--git %q is not known", opts.git)
	}
	if opts.dir != "" { // before anybody answers a question in vain
		if err := generator.CheckTarget(opts.dir); err != nil {
			return err
		}
	}
	git := findGit()
	var prompter *ask.Prompter
	if a.Streams.Terminal != nil && !opts.yes {
		prompter = ask.New(a.Streams.Terminal)
	}
	spec, asked, err := a.decide(ctx, catalog, opts, git, prompter)
	if err != nil {
		return err
	}
	dir := cmp.Or(opts.dir, spec.Name)
	if err := generator.CheckTarget(dir); err != nil {
		return err
	}
	plan, err := catalog.Plan(spec)
	if err != nil {
		return err
	}
	tree, err := generator.Render(a.Templates, catalog, plan, a.Build.Version)
	if err != nil {
		return err
	}
	result := newResult(a.Build.Version, dir, catalog, plan, tree)
	if opts.dryRun {
		if opts.publish {
			a.Streams.Say("and published then; `scaffold publish %s --dry-run` shows how, once it is there", shellQuote(dir))
		}
		return result.printDryRun(a.Streams, opts.json)
	}
	if a.Streams.Terminal != nil {
		summarise(a.Streams, catalog, spec, dir, tree, opts)
	}
	if asked {
		if ok, err := prompter.Confirm(ctx, "Write it?"); err != nil || !ok {
			return cmp.Or(err, errDeclined)
		}
	}
	if err := tree.Write(ctx, dir); err != nil {
		return err
	}
	opts.hub.dir, opts.hub.json = dir, opts.json
	result.Git, err = startRepository(ctx, a, git, opts.git, dir, spec, tree)
	if err == nil && opts.verify {
		err = verify(ctx, a.Streams, dir)
		result.Verified = err == nil
	}
	if err == nil && opts.publish {
		if !opts.json { // what is finished is told before what may fail
			if err := result.print(a.Streams, false); err != nil {
				return err
			}
		}
		result.Publish, err = a.publish(ctx, catalog, &opts.hub, nil)
	}
	if err != nil {
		hint := ""
		if opts.publish {
			hint = opts.hub.resume()
		}
		a.Streams.Warn("the project is complete in "+dir+"; what came after it was not", hint)
	}
	if opts.json { // other programs have to know of it, also where it failed
		return errors.Join(err, result.print(a.Streams, true))
	}
	if err != nil {
		return err
	}
	if opts.publish {
		return result.Publish.print(a.Streams, &opts.hub)
	}
	return result.print(a.Streams, false)
}

var errDeclined = errors.New("nothing was written")

// decide gathers the choices from flags, preset, the user's settings and, where
// there is a prompter, answers, and resolves them. asked says whether there was
// any question.
func (a *App) decide(ctx context.Context, catalog *generator.Catalog, opts *newOptions, git *gitrepo.Git, prompter *ask.Prompter) (spec generator.Spec, asked bool, err error) {
	spec, locate, err := merge(catalog, opts)
	if err != nil {
		return spec, false, err
	}
	if opts.publish && spec.Owner == "" && spec.Module == "" {
		spec.Owner = a.viewer(ctx, opts.hub.host)
	}
	if err := detect(ctx, git, &spec); err != nil {
		return spec, false, err
	}
	if prompter != nil {
		if asked, err = interview(ctx, prompter, catalog, opts.dir, &spec); err != nil {
			return spec, asked, locate(err)
		}
		if asked && !opts.publish && !opts.dryRun && (opts.git == "" || opts.git == gitCommit) {
			if err := a.interviewPublish(ctx, prompter, &spec, opts); err != nil {
				return spec, asked, err
			}
		}
	}
	if spec.Phase == 0 {
		return spec, asked, usageError("for example: scaffold new --phase 1", "--phase is missing: which phase of the roadmap?")
	}
	nameFromContext(opts.dir, &spec)
	spec, err = catalog.Resolve(spec)
	return spec, asked, locate(err)
}

// merge lays flags over the preset. locate adds the preset's file and line to
// an error that the preset is to blame for.
func merge(catalog *generator.Catalog, opts *newOptions) (spec generator.Spec, locate func(error) error, err error) {
	preset, err := presets.Merge(catalog, opts.preset, opts.flags)
	return preset.Spec, preset.Locate, err
}

// detect fills owner and author from what the user told git and gh. What they
// say is a default: where it cannot be used, it is as if it were not there.
func detect(ctx context.Context, git *gitrepo.Git, spec *generator.Spec) error {
	wantOwner := spec.Owner == "" && spec.Module == ""
	if !wantOwner && spec.Author != "" {
		return nil
	}
	var settings gitrepo.Settings
	if git != nil {
		var err error
		if settings, err = git.Settings(ctx); err != nil {
			return err
		}
	}
	if wantOwner {
		owner := settings.GitHubUser
		if owner == "" {
			owner = ghUser(ctx)
		}
		if generator.ValidOwner(owner) {
			spec.Owner = owner
		}
	}
	if spec.Author == "" && generator.ValidAuthor(settings.UserName) {
		spec.Author = settings.UserName
	}
	return ctx.Err()
}

// nameFromContext names the project after its module, as `go install` and its
// repository would, or else after its folder. A module's last part that is no
// name, as in example.com/Shop, is made one; a folder's is the user's to mend.
func nameFromContext(dir string, spec *generator.Spec) {
	if spec.Name == "" && spec.Module != "" {
		spec.Name = generator.Slug(generator.NameOf(spec.Module))
	}
	if spec.Name == "" && dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			spec.Name = filepath.Base(abs)
		}
	}
}
