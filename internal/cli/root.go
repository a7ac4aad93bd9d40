// Package cli is scaffold's command line: one file for each command.
package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/ui"
)

// Build says which build of scaffold this is.
type Build struct {
	Version string // such as "v1.2.0", or "dev"
	Commit  string // "" where not known
	Date    string // RFC 3339, "" where not known
	// ClientID is of the OAuth app that `scaffold auth login` uses on github.com,
	// "" where the build has none.
	ClientID string
}

// App is what the commands need from outside.
type App struct {
	Streams   *ui.Streams
	Getenv    func(string) string
	Templates fs.FS
	Build     Build
	Pace      Pace
}

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitAuth        = 4 // not authenticated
	exitInterrupted = 130
)

// Run runs the command line and returns the exit code. What goes wrong has
// been printed then.
func (a *App) Run(ctx context.Context, args []string) int {
	root, err := a.Command()
	if err == nil {
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	return a.report(err)
}

// Command builds the command tree.
func (a *App) Command() (*cobra.Command, error) {
	catalog, err := generator.LoadCatalog(a.Templates)
	if err != nil {
		return nil, err
	}
	root := &cobra.Command{
		Use:   "scaffold",
		Short: "Start a backend portfolio project that is finished from the first commit",
		Long: "scaffold writes a finished backend project for each phase of a backend roadmap:\n" +
			"code, tests, README, GitHub workflows and a first commit.",
		Example:       "  scaffold new\n  scaffold new shop-prices --phase 1 --yes",
		Args:          rejectUnknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       a.Build.Version,
	}
	root.SetIn(a.Streams.In)
	root.SetOut(a.Streams.Out)
	root.SetErr(a.Streams.Err)
	root.SetVersionTemplate("scaffold {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newNewCmd(a, catalog),
		newListCmd(a, catalog),
		newPublishCmd(a, catalog),
		newAuthCmd(a),
		newDoctorCmd(a, catalog),
		newVersionCmd(a),
	)
	strictHelp(root)
	return root, nil
}

// strictHelp makes cobra's own commands refuse what they do not know.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				found, unknown, err := root.Find(args)
				if err != nil {
					return err
				}
				return rejectUnknownCommand(found, unknown)
			}
		case "completion":
			cmd.Args = rejectUnknownCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// hinted is an error with a way out.
type hinted struct {
	err  error
	hint string
	code int // the exit code; exitFailed where it is 0
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

func usageError(hint, format string, args ...any) error {
	return &hinted{err: fmt.Errorf(format, args...), hint: hint, code: exitUsage}
}

// report prints err and returns the exit code that it stands for.
func (a *App) report(err error) int {
	if err == nil {
		return exitOK
	}
	hint, code := explain(err)
	if errors.Is(err, context.Canceled) || errors.Is(err, ask.ErrInterrupted) {
		err, code = ask.ErrInterrupted, exitInterrupted
	}
	a.Streams.Error(err, hint)
	return code
}

// explain returns the way out of err, if there is one, and the exit code.
func explain(err error) (hint string, code int) {
	if e, ok := errors.AsType[*hinted](err); ok {
		return e.hint, cmp.Or(e.code, exitFailed)
	}
	if e, ok := errors.AsType[*generator.Error](err); ok {
		if e.Field != "" {
			return e.Hint, exitUsage
		}
		return e.Hint, exitFailed
	}
	return "", exitFailed
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

// writeJSON prints v as the one document on w.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// findGit returns nil where git is not installed.
func findGit() *gitrepo.Git {
	git, err := gitrepo.Find()
	if err != nil {
		return nil
	}
	return git
}

func newVersionCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print which build this is",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			b := a.Build
			details := []string{}
			for _, d := range []string{b.Commit, b.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH} {
				if d != "" {
					details = append(details, d)
				}
			}
			_, err := fmt.Fprintf(a.Streams.Out, "scaffold %s (%s)\n", b.Version, strings.Join(details, ", "))
			return err
		},
	}
}
