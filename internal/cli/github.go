package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

// host returns the GitHub that a command is to talk to: the one that the flag
// --host names, else GH_HOST, else github.com. SCAFFOLD_API_URL puts a stand-in
// in its place.
func (a *App) host(flag string) (github.Host, error) {
	host, err := github.ParseHost(cmp.Or(flag, a.Getenv("GH_HOST"), github.DefaultHost), a.Getenv("SCAFFOLD_API_URL"))
	if err != nil {
		return host, usageError("for example --host github.com", "%w", err)
	}
	return host, nil
}

// tokens looks for tokens wherever scaffold takes them from.
func (a *App) tokens() token.Finder {
	return token.Finder{Getenv: a.Getenv, Store: token.Store{Getenv: a.Getenv}, GH: gh}
}

// wayToToken is the hint where there is no token.
const wayToToken = "gh auth login, scaffold auth login, or set GH_TOKEN" //nolint:gosec // names a variable

// findToken returns the token for the host. Where there is none that can be
// used, the error has a hint and the exit code for "not authenticated".
func (a *App) findToken(ctx context.Context, host github.Host) (token.Token, error) {
	auth, err := a.tokens().Find(ctx, host)
	return auth, noToken(host, auth.Source, err)
}

// noToken adds the way out to an error of a token's source.
func noToken(host github.Host, source token.Source, err error) error {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, token.ErrNone):
		hint := wayToToken
		if host.Enterprise() {
			hint = fmt.Sprintf("gh auth login --hostname %s, or set %s", host.Name, token.Variables(host)[0])
		}
		return &hinted{err: fmt.Errorf("no GitHub token for %s", host.Name), hint: hint, code: exitAuth}
	case errors.Is(err, token.ErrExposed):
		return &hinted{err: err, hint: "scaffold auth logout, and log in anew: others may have read the token", code: exitAuth}
	case errors.Is(err, token.ErrCorrupt):
		return &hinted{err: err, hint: "remove the file, and log in anew", code: exitAuth}
	case errors.Is(err, token.ErrKeyringSlow):
		return &hinted{err: err, hint: fmt.Sprintf("unlock it, or set %s", token.Variables(host)[0]), code: exitAuth}
	case source == token.FromGH:
		return &hinted{err: err, hint: "gh auth login --hostname " + host.Name, code: exitAuth}
	case slices.Contains(token.Variables(host), source):
		return &hinted{err: err, hint: "set it anew, without quotes and line breaks", code: exitAuth}
	}
	return err
}
