package token

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
)

// ErrUnusable is wrapped by each error that another token solves: there is none,
// it cannot be read, or GitHub does not accept it for what is to be done.
var ErrUnusable = errors.New("token: unusable")

// WayToOne is the hint for a user of github.com who has no token.
const WayToOne = "gh auth login, scaffold auth login, or set GH_TOKEN"

// Rejected returns err as the error of a token that GitHub does not accept for
// publishing. The hint is how to get another one from the same source.
func Rejected(host github.Host, t Token, err error) error {
	var hint string
	switch t.Source {
	case FromGH:
		hint = fmt.Sprintf("gh auth refresh --hostname %s --scopes repo,workflow", host.Name)
	case FromKeyring, FromFile:
		hint = "scaffold auth login"
	default:
		hint = fmt.Sprintf("put another token in %s, with the scopes repo and workflow: %s",
			t.Source, host.Page("settings", "tokens", "new")+"?scopes=repo,workflow")
	}
	return unusable(err, err.Error(), hint)
}

func unusable(err error, message, hint string) error {
	return &generator.Error{Message: message, Hint: hint, Err: fmt.Errorf("%w: %w", ErrUnusable, err)}
}

// explain adds the hint to an error of a source.
func explain(host github.Host, source Source, err error) error {
	var hint string
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, ErrNone):
		hint = WayToOne
		if host.Enterprise() {
			hint = fmt.Sprintf("gh auth login --hostname %s, or set %s", host.Name, Variables(host)[0])
		}
		return unusable(err, "no GitHub token for "+host.Name, hint)
	case errors.Is(err, ErrExposed):
		hint = "scaffold auth logout, and log in again: other users may have read the token"
	case errors.Is(err, ErrCorrupt):
		hint = "remove the file, and log in again"
	case errors.Is(err, ErrKeyringSlow):
		hint = fmt.Sprintf("unlock it, or set %s", Variables(host)[0])
	case source == FromGH:
		hint = "gh auth login --hostname " + host.Name
	case slices.Contains(Variables(host), source):
		hint = "set it again, without quotes and line breaks"
	default:
		return err
	}
	return unusable(err, err.Error(), hint)
}
