package cli

import (
	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

func newAuthCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Log in to GitHub, log out, and see whose token is used",
		Long: "scaffold takes the first GitHub token that it finds: of GH_TOKEN or GITHUB_TOKEN (for a server\n" +
			"of your own GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN), of an installed gh, or of\n" +
			"`scaffold auth login`.",
		Args: rejectUnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuthStatusCmd(a), newAuthLoginCmd(a), newAuthLogoutCmd(a))
	return cmd
}

// missingScopes returns what publishing lacks, at least for public repositories.
func missingScopes(scopes github.Scopes) []string {
	var missing []string
	if !scopes.Has("repo", "public_repo") {
		missing = append(missing, "repo")
	}
	if !scopes.Has("workflow") {
		missing = append(missing, "workflow")
	}
	return missing
}

// unanswered adds the hint where GitHub did not answer.
func unanswered(err error) error {
	if github.Temporary(err) {
		return generator.WithHint(err, "look at the network, at HTTPS_PROXY, or at https://www.githubstatus.com")
	}
	return err
}

func isStored(s token.Source) bool { return s == token.FromKeyring || s == token.FromFile }

// release returns the command that takes away a token that scaffold did not
// store.
func release(host github.Host, s token.Source) string {
	if s == token.FromGH {
		return "gh auth logout --hostname " + host.Name
	}
	return "unset " + string(s)
}
