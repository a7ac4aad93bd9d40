package publish

import (
	"context"
	"errors"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/token"
)

// explained reports whether err has its hint already. No repetition solves such
// an error.
func explained(err error) bool {
	_, ok := errors.AsType[*generator.Error](err)
	return ok
}

// explain adds the hint that is known for err.
func (p *Publisher) explain(err error) error {
	is := func(kinds ...error) bool {
		for _, kind := range kinds {
			if errors.Is(err, kind) {
				return true
			}
		}
		return false
	}
	switch {
	case err == nil || explained(err):
		return err
	case is(context.Canceled):
		return generator.WithHint(err, "completed steps are kept. To continue, run: "+p.Resume)
	case is(github.ErrUnauthorized, gitrepo.ErrUnauthorized, github.ErrForbidden, gitrepo.ErrForbidden),
		is(gitrepo.ErrRejected) && strings.Contains(err.Error(), "scope"):
		return token.Rejected(p.Host, p.Token, err)
	case is(gitrepo.ErrRejected):
		return generator.WithHint(err, "the repository has rules for "+Branch+": push a branch and open a pull request")
	case is(gitrepo.ErrTooOld):
		return generator.WithHint(err, "https://git-scm.com/downloads has a newer git")
	case is(github.ErrUnreachable, gitrepo.ErrUnreachable):
		return generator.WithHint(err, "is "+p.Host.Name+" reachable from here, and is a proxy needed (HTTPS_PROXY)?")
	case is(github.ErrExists):
		return generator.WithHint(err, "a repository of that name exists that this token does not show: choose another --name")
	case is(github.ErrUnavailable, github.ErrLimited):
		return generator.WithHint(err, "wait some minutes. To continue, run: "+p.Resume)
	}
	return err
}
