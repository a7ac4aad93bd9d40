package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

type authStatusOptions struct {
	app  *App
	host string
}

func newAuthStatusCmd(a *App) *cobra.Command {
	opts := &authStatusOptions{app: a}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which token is used, whose it is, and whether it may publish",
		Long: "Say which token is used, whose it is, and whether it may publish.\n\n" +
			"Exit code 0 means that it may, as far as GitHub tells; 4 that there is no token, that it is not\n" +
			"accepted, or that it may not do what publishing does; 1 that GitHub did not answer.",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuthStatus(cmd.Context(), opts) },
	}
	hostFlag(cmd, &opts.host)
	return cmd
}

func runAuthStatus(ctx context.Context, opts *authStatusOptions) error {
	a := opts.app
	host, err := a.host(opts.host)
	if err != nil {
		return err
	}
	used, others, err := a.tokens().Survey(ctx, host)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Err != nil && !errors.Is(other.Err, token.ErrKeyringSlow) {
			a.Streams.Warn(other.Err.Error(), "")
		}
	}
	found := &findings{}
	found.add("host", host.Name)
	found.add("token", describe(used))
	verdict := a.examine(ctx, host, used, found)
	for _, other := range others {
		if other.Err == nil {
			found.add("unused", fmt.Sprintf("the token from %s: %s comes first", other.Token.Source, used.Source))
		}
	}
	if _, err := io.WriteString(a.Streams.Out, found.String()); err != nil {
		return err
	}
	return verdict
}

// findings are lines of a name and what is found.
type findings struct{ strings.Builder }

func (f *findings) add(name, value string) { fmt.Fprintf(f, "%-8s %s\n", name, value) }

// describe says of which kind a token is and where it comes from.
func describe(t token.Token) string {
	if t.Kind() == token.UnknownKind {
		return "from " + string(t.Source)
	}
	return fmt.Sprintf("%s, from %s", t.Kind(), t.Source)
}

// examine finds whose token it is and what it may do. Its error says why
// publishing could not use it.
func (a *App) examine(ctx context.Context, host github.Host, auth token.Token, found *findings) error {
	if auth.Kind() == token.Installation { // it cannot even ask whose it is
		found.add("account", "none: it belongs to an installation of a GitHub App, such as a workflow")
		return token.Rejected(host, auth, errors.New("an installation's token cannot create repositories"))
	}
	account, scopes, err := github.New(host, auth.Value, a.patience()).Viewer(ctx)
	if err != nil {
		if errors.Is(err, github.ErrUnauthorized) {
			return token.Rejected(host, auth, fmt.Errorf("the %v: %w", auth, err))
		}
		return unanswered(err)
	}
	found.add("account", account.Login)
	if auth.Kind() == token.FineGrained || auth.Kind() == token.AppUser || !scopes.Known {
		found.add("may", "what GitHub does not tell of such a token")
		found.add("needs", "Administration, Contents, Workflows, Issues: write; Actions: read")
		return nil
	}
	found.add("scopes", cmp.Or(strings.Join(scopes.Names, ", "), "none"))
	if missing := missingScopes(scopes); len(missing) > 0 {
		return token.Rejected(host, auth, fmt.Errorf("the token from %s lacks what publishing needs: %s", auth.Source, strings.Join(missing, ", ")))
	}
	if !scopes.Has("repo") {
		found.add("note", "without the scope repo it publishes public repositories only")
	}
	return nil
}
