package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

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

func hostFlag(cmd *cobra.Command, host *string) {
	cmd.Flags().StringVar(host, "host", "", "GitHub `HOST` (default: GH_HOST, or github.com)")
}

func newAuthStatusCmd(a *App) *cobra.Command {
	var hostName string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which token is used, whose it is, and whether it may publish",
		Long: "Say which token is used, whose it is, and whether it may publish.\n\n" +
			"Exit code 0 means that it may, as far as GitHub tells; 4 that there is no token, that it is not\n" +
			"accepted, or that it may not do what publishing does; 1 that GitHub did not answer.",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.authStatus(cmd.Context(), hostName) },
	}
	hostFlag(cmd, &hostName)
	return cmd
}

func (a *App) authStatus(ctx context.Context, hostName string) error {
	host, err := a.host(hostName)
	if err != nil {
		return err
	}
	auth, others, err := a.survey(ctx, host)
	if err != nil {
		return noToken(host, auth.Source, err)
	}
	found := &findings{}
	found.add("host", host.Name)
	found.add("token", describe(auth))
	verdict := a.examine(ctx, host, auth, found)
	for _, other := range others {
		found.add("unused", fmt.Sprintf("the token from %s: %s comes first", other.Source, auth.Source))
	}
	if _, err := io.WriteString(a.Streams.Out, found.String()); err != nil {
		return err
	}
	return verdict
}

// findings are lines of a name and what is found.
type findings struct{ strings.Builder }

func (f *findings) add(name, value string) { fmt.Fprintf(f, "%-8s %s\n", name, value) }

// survey returns the token that is used and those that are not, and warns of
// what is wrong with these.
func (a *App) survey(ctx context.Context, host github.Host) (auth token.Token, others []token.Token, err error) {
	for t, problem := range a.tokens().All(ctx, host) {
		switch {
		case auth.Source == "" && problem != nil:
			return t, nil, problem
		case auth.Source == "":
			auth = t
		case problem == nil:
			others = append(others, t)
		case !errors.Is(problem, token.ErrKeyringSlow) && ctx.Err() == nil:
			a.Streams.Warn(problem.Error(), "")
		}
	}
	if auth.Source == "" {
		return auth, nil, token.ErrNone
	}
	return auth, others, ctx.Err()
}

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
		return &hinted{err: errors.New("an installation's token cannot create repositories"), hint: betterToken(host, auth), code: exitAuth}
	}
	patience := a.Pace.Requests
	patience.Sleep = a.Streams.Wait
	account, scopes, err := github.New(host, auth.Value, patience).Viewer(ctx)
	if err != nil {
		if errors.Is(err, github.ErrUnauthorized) {
			return &hinted{err: fmt.Errorf("the %v: %w", auth, err), hint: betterToken(host, auth), code: exitAuth}
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
		return &hinted{
			err:  fmt.Errorf("the token from %s lacks what publishing needs: %s", auth.Source, strings.Join(missing, ", ")),
			hint: betterToken(host, auth), code: exitAuth,
		}
	}
	if !scopes.Has("repo") {
		found.add("note", "without the scope repo it publishes public repositories only")
	}
	return nil
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

// unanswered adds the way out where err says that GitHub could not be asked.
func unanswered(err error) error {
	if github.Temporary(err) {
		return &hinted{err: err, hint: "look at the network, at HTTPS_PROXY, or at https://www.githubstatus.com"}
	}
	return err
}

type loginOptions struct {
	host     string
	clientID string
}

func newAuthLoginCmd(a *App) *cobra.Command {
	opts := &loginOptions{}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in to GitHub by a code that you enter in a browser",
		Long: "Log in to GitHub by a code that you enter in a browser, on this machine or another. The token is\n" +
			"kept in the system's keyring, or, where there is none, in a file that only you can read.\n\n" +
			"It asks for the scopes " + strings.Join(github.PublishingScopes(), ", ") + ".",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f := cmd.Flags().Lookup("client-id"); f.Changed && opts.clientID == "" {
				return usageError("leave it out, or name an OAuth app's", "--client-id is empty")
			}
			return a.login(cmd.Context(), opts)
		},
	}
	hostFlag(cmd, &opts.host)
	cmd.Flags().StringVar(&opts.clientID, "client-id", "", "`ID` of an OAuth app with device flow (default: SCAFFOLD_CLIENT_ID, or the build's)")
	return cmd
}

func (a *App) login(ctx context.Context, opts *loginOptions) error {
	host, err := a.host(opts.host)
	if err != nil {
		return err
	}
	clientID, err := a.clientID(host, opts.clientID)
	if err != nil {
		return err
	}
	if err := a.warnOfEarlier(ctx, host); err != nil {
		return err
	}
	device, err := github.RequestDevice(ctx, host, clientID, a.Pace.Requests)
	if err != nil {
		return loginFailed(host, err)
	}
	a.Streams.Say("Open %s and enter the code %s", device.URL, device.UserCode)
	a.Streams.Say("The code is good for %.0f minutes. Waiting until you have allowed it there ...", time.Until(device.Expires).Minutes())
	value, err := device.Wait(ctx)
	if err != nil {
		return loginFailed(host, err)
	}
	account, scopes, err := github.New(host, value, a.Pace.Requests).Viewer(ctx)
	if err != nil {
		return loginFailed(host, err)
	}
	saved, err := a.tokens().Store.Save(ctx, host, value)
	if err != nil {
		return fmt.Errorf("store the token: %w", err)
	}
	if missing := missingScopes(scopes); scopes.Known && len(missing) > 0 {
		a.Streams.Warn("the token lacks what publishing needs: "+strings.Join(missing, ", "), "allow all that is asked for: scaffold auth login")
	}
	if saved.Plain {
		a.Streams.Warn("no system keyring can be used, so that the token is stored unencrypted, in a file that only you can read",
			"`scaffold auth logout` removes it")
	}
	_, err = fmt.Fprintf(a.Streams.Out, "Logged in to %s as %s. The token is in %s.\n", host.Name, account.Login, saved.Where)
	return err
}

// clientID returns the id of the OAuth app to log in with.
func (a *App) clientID(host github.Host, flag string) (string, error) {
	id := cmp.Or(flag, a.Getenv("SCAFFOLD_CLIENT_ID"))
	if id == "" && host.Name == github.DefaultHost {
		id = a.Build.ClientID
	}
	if id != "" {
		return id, nil
	}
	why := "this build of scaffold has no OAuth app to log in with"
	if host.Name != github.DefaultHost {
		why = "scaffold has no OAuth app on " + host.Name
	}
	return "", &hinted{
		err: errors.New(why),
		hint: fmt.Sprintf("gh auth login --hostname %s, or set %s, or give the id of an OAuth app of your own (with device flow, from %s) by --client-id",
			host.Name, token.Variables(host)[0], host.Page("settings", "applications", "new")),
	}
}

// warnOfEarlier tells of a token that comes before the one to be stored. Its
// error is one that would come up again when the token is stored.
func (a *App) warnOfEarlier(ctx context.Context, host github.Host) error {
	for t, err := range a.tokens().All(ctx, host) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, token.ErrCorrupt):
			return noToken(host, t.Source, err)
		case isStored(t.Source):
			return nil
		}
		problem := fmt.Sprintf("the token from %s comes first, whatever is stored here", t.Source)
		if err != nil {
			problem = err.Error()
		}
		a.Streams.Warn(problem, release(host, t.Source))
	}
	return ctx.Err()
}

func isStored(s token.Source) bool { return s == token.FromKeyring || s == token.FromFile }

// release is how the user takes a token away that is not scaffold's.
func release(host github.Host, s token.Source) string {
	if s == token.FromGH {
		return "gh auth logout --hostname " + host.Name
	}
	return "unset " + string(s)
}

// loginFailed adds the way out to an error of logging in.
func loginFailed(host github.Host, err error) error {
	switch {
	case errors.Is(err, github.ErrDenied) || errors.Is(err, github.ErrCodeExpired):
		return &hinted{err: err, hint: "for a new code: scaffold auth login", code: exitAuth}
	case errors.Is(err, github.ErrApp):
		return &hinted{err: err, hint: "look at --client-id, and whether device flow is enabled: " + host.Page("settings", "developers")}
	}
	return unanswered(err)
}

func newAuthLogoutCmd(a *App) *cobra.Command {
	var hostName string
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Remove the token that `scaffold auth login` stored",
		Args:  atMost(0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.logout(cmd.Context(), hostName) },
	}
	hostFlag(cmd, &hostName)
	return cmd
}

func (a *App) logout(ctx context.Context, hostName string) error {
	host, err := a.host(hostName)
	if err != nil {
		return err
	}
	finder := a.tokens()
	from, err := finder.Store.Delete(ctx, host)
	said := ""
	switch {
	case len(from) > 0:
		said = fmt.Sprintf("Removed the token of %s from the %s. Until you revoke it, it is valid: %s\n",
			host.Name, joined(from, " and the "), host.Page("settings", "applications"))
	case errors.Is(err, token.ErrNoKeyring):
		said = fmt.Sprintf("No token of %s is in scaffold's file, and no system keyring can be used here.\n", host.Name)
	case err == nil:
		said = fmt.Sprintf("No token of %s is stored by scaffold.\n", host.Name)
	}
	if _, err := io.WriteString(a.Streams.Out, said); err != nil {
		return err
	}
	switch {
	case errors.Is(err, token.ErrKeyringSlow):
		return &hinted{err: err, hint: "unlock it, and log out again"}
	case errors.Is(err, token.ErrCorrupt):
		return &hinted{err: err, hint: "remove the file"}
	case err != nil && !errors.Is(err, token.ErrNoKeyring):
		return err
	}
	for t, problem := range finder.All(ctx, host) {
		if problem == nil && !isStored(t.Source) {
			a.Streams.Say("The token from %s is not scaffold's to remove: %s", t.Source, release(host, t.Source))
		}
	}
	return ctx.Err()
}

func joined(sources []token.Source, separator string) string {
	var names []string
	for _, s := range sources {
		names = append(names, string(s))
	}
	return strings.Join(names, separator)
}
