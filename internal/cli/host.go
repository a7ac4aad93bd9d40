package cli

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gh"
	"github.com/phasekit/scaffold/internal/github"
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

func hostFlag(cmd *cobra.Command, host *string) {
	cmd.Flags().StringVar(host, "host", "", "GitHub `HOST` (default: GH_HOST, or github.com)")
}

// host returns the GitHub that a command talks to: the one that the flag --host
// names, else GH_HOST, else github.com. SCAFFOLD_API_URL puts a stand-in in its
// place.
func (a *App) host(flag string) (github.Host, error) {
	host, err := github.ParseHost(cmp.Or(flag, a.Getenv("GH_HOST"), github.DefaultHost), a.Getenv("SCAFFOLD_API_URL"))
	if err != nil {
		return host, usageError("for example --host github.com", "%w", err)
	}
	return host, nil
}

// tokens returns the finder that looks in each place where a token can be.
func (a *App) tokens() token.Finder {
	return token.Finder{Getenv: a.Getenv, Store: token.Store{Getenv: a.Getenv}, GH: gh.Run}
}

// patience returns how requests are paced; a wait is shown.
func (a *App) patience() github.Patience {
	patience := a.Pace.Requests
	patience.Sleep = a.Streams.Wait
	return patience
}

// publishConfig returns what publishing to a host needs, and prints its progress.
func (a *App) publishConfig(catalog *generator.Catalog, hostName string) (publish.Config, error) {
	host, err := a.host(hostName)
	if err != nil {
		return publish.Config{}, err
	}
	return publish.Config{
		Git: findGit(), Catalog: catalog, Templates: a.Templates,
		Host: host, Tokens: a.tokens(), Requests: a.patience(), Retry: a.Pace.Retry, Quiet: a.Pace.Quiet,
		Waiting: func(err error, wait time.Duration) {
			a.Streams.Say("%s %v: again in %s", a.Streams.Paint(ui.Yellow, "wait"), err, wait)
		},
		Did: func(action publish.Action) {
			a.Streams.Say("%s %-9s %s", a.Streams.Paint(ui.Green, "done"), action.Kind, action.What)
		},
	}, nil
}
