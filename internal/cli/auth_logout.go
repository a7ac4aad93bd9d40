package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/token"
)

type authLogoutOptions struct {
	app  *App
	host string
}

func newAuthLogoutCmd(a *App) *cobra.Command {
	opts := &authLogoutOptions{app: a}
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Remove the token that `scaffold auth login` stored",
		Args:  atMost(0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return runAuthLogout(cmd.Context(), opts) },
	}
	hostFlag(cmd, &opts.host)
	return cmd
}

func runAuthLogout(ctx context.Context, opts *authLogoutOptions) error {
	a := opts.app
	host, err := a.host(opts.host)
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
		return generator.WithHint(err, "unlock it, and log out again")
	case errors.Is(err, token.ErrCorrupt):
		return generator.WithHint(err, "remove the file")
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
