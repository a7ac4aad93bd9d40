// Package cli is scaffold's command line: one file for each command.
package cli

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

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

// Run runs the command line, prints its error, and returns the exit code.
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

// writeJSON prints v as the one document on w.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// prompter returns nil where no question can be asked, or none shall be.
func (a *App) prompter(yes bool) *ask.Prompter {
	if a.Streams.Terminal == nil || yes {
		return nil
	}
	return ask.New(a.Streams.Terminal)
}

// findGit returns nil where git is not installed.
func findGit() *gitrepo.Git {
	git, err := gitrepo.Find()
	if err != nil {
		return nil
	}
	return git
}
