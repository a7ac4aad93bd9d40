package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

type authLoginOptions struct {
	app      *App
	host     string
	clientID string
}

func newAuthLoginCmd(a *App) *cobra.Command {
	opts := &authLoginOptions{app: a}
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
			return runAuthLogin(cmd.Context(), opts)
		},
	}
	hostFlag(cmd, &opts.host)
	cmd.Flags().StringVar(&opts.clientID, "client-id", "", "`ID` of an OAuth app with device flow (default: SCAFFOLD_CLIENT_ID, or the build's)")
	return cmd
}

func runAuthLogin(ctx context.Context, opts *authLoginOptions) error {
	a := opts.app
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
	hint := fmt.Sprintf("gh auth login --hostname %s, or set %s, or give the id of an OAuth app of your own (with device flow, from %s) by --client-id",
		host.Name, token.Variables(host)[0], host.Page("settings", "applications", "new"))
	return "", generator.WithHint(errors.New(why), hint)
}

// warnOfEarlier warns of a token that comes before the one to be stored. Its
// error is one that would come up again when the token is stored.
func (a *App) warnOfEarlier(ctx context.Context, host github.Host) error {
	for t, err := range a.tokens().All(ctx, host) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, token.ErrCorrupt):
			return err
		case isStored(t.Source):
			return nil
		}
		problem := fmt.Sprintf("the token from %s comes first, before the one that is stored here", t.Source)
		if err != nil {
			problem = err.Error()
		}
		a.Streams.Warn(problem, release(host, t.Source))
	}
	return ctx.Err()
}

// loginFailed adds the hint to an error of logging in.
func loginFailed(host github.Host, err error) error {
	switch {
	case errors.Is(err, github.ErrDenied) || errors.Is(err, github.ErrCodeExpired):
		return &exitError{err: generator.WithHint(err, "for a new code: scaffold auth login"), code: exitAuth}
	case errors.Is(err, github.ErrApp):
		return generator.WithHint(err, "look at --client-id, and whether device flow is enabled: "+host.Page("settings", "developers"))
	}
	return unanswered(err)
}
