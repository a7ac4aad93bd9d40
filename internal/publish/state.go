package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/token"
)

// state is what is there.
type state struct {
	repository *github.Repository // nil where there is none
	history    history
	gate       bool // main reports Gate, once it is pushed
	labels     []github.Label
	milestones []github.Milestone
	issues     []github.Issue
	protection protection
}

// history is what the repository's branch has to do with the project's.
type history int

const (
	empty    history = iota // the repository has no commit at all
	same                    // nothing to push
	behind                  // it lacks commits that are here
	ahead                   // it has commits that are not here, on top of those that are
	diverged                // both have commits that the other has not
	foreign                 // it is not this project's
)

// protection is how the branch is protected.
type protection struct {
	there  bool
	checks []string
	unpaid bool // the plan has no protection
}

// observe looks at what is there.
func (p *Publisher) observe(ctx context.Context) (state, error) {
	var s state
	if err := p.identify(ctx); err != nil {
		return s, err
	}
	r, err := p.GitHub.Repository(ctx, p.owner.Login, p.Wish.Name)
	if errors.Is(err, github.ErrNotFound) && !p.created { // or else it is still being made
		s.gate, err = p.hasGate(ctx, p.Project.Commit)
		return s, err
	}
	if err != nil {
		return s, err
	}
	s.repository = &r
	if r.Archived || !r.CanPush {
		return s, nil // compare has the words for it
	}
	main := p.Project.Commit // of the repository, once it is pushed
	var there string
	if s.history, there, err = p.compareHistory(ctx, r); err != nil || s.history == foreign || s.history == diverged {
		return s, err
	}
	if s.history == ahead {
		main = there
	}
	if s.gate, err = p.hasGate(ctx, main); err != nil {
		return s, err
	}
	if p.Wish.Backlog != NoBacklog && !r.NoIssues {
		if s.labels, err = p.GitHub.Labels(ctx, r.Owner, r.Name); err != nil {
			return s, err
		}
		if p.Wish.Backlog == Issues {
			if s.milestones, err = p.GitHub.Milestones(ctx, r.Owner, r.Name); err != nil {
				return s, err
			}
		}
		if s.issues, err = p.GitHub.Issues(ctx, r.Owner, r.Name); err != nil {
			return s, err
		}
	}
	if p.Wish.Protect && s.history != empty {
		s.protection, err = p.observeProtection(ctx, r)
	}
	return s, err
}

// identify finds out whose token it is and who shall own the repository.
func (p *Publisher) identify(ctx context.Context) error {
	if p.owner != nil {
		return nil
	}
	viewer, scopes, err := p.GitHub.Viewer(ctx)
	if errors.Is(err, github.ErrForbidden) {
		return token.Rejected(p.Host, p.Token, fmt.Errorf("the token belongs to no user, as those of workflows and apps do: %w", err))
	}
	if err != nil {
		return err
	}
	p.viewer = &viewer
	if missing := p.missingScopes(scopes); len(missing) > 0 {
		return token.Rejected(p.Host, p.Token, fmt.Errorf("the token of %s lacks the scope %s", viewer.Login, strings.Join(missing, " and the scope ")))
	}
	if p.Wish.Owner == "" || strings.EqualFold(p.Wish.Owner, viewer.Login) {
		p.owner = &viewer
		return nil
	}
	owner, err := p.GitHub.Account(ctx, p.Wish.Owner)
	if errors.Is(err, github.ErrNotFound) {
		return generator.Errorf(fmt.Sprintf("--owner %s is whose token this is", viewer.Login),
			"%s has no user or organisation %s", p.Host.Name, p.Wish.Owner)
	}
	if err != nil {
		return err
	}
	p.owner = &owner
	return nil
}

func (p *Publisher) missingScopes(s github.Scopes) []string {
	var missing []string
	if !s.Known {
		return nil
	}
	if !s.Has("repo") && (p.Wish.Visibility == Private || !s.Has("public_repo")) {
		missing = append(missing, "repo")
	}
	if p.Project.Workflows && !s.Has("workflow") {
		missing = append(missing, "workflow")
	}
	return missing
}

func (p *Publisher) remote(r github.Repository) gitrepo.Remote {
	return gitrepo.Remote{URL: r.CloneURL, Token: p.Token.Value, Quiet: p.Quiet}
}

// compareHistory asks git what the repository has. there is the commit of its
// branch, which is in the project's repository then too; "" where the history is
// empty or foreign.
func (p *Publisher) compareHistory(ctx context.Context, r github.Repository) (h history, there string, err error) {
	if !p.Host.Serves(r.CloneURL) {
		return 0, "", generator.Errorf("", "%s says that its repository is at %s: the token is not sent there", p.Host.Name, r.CloneURL)
	}
	dir, remote := p.Project.Dir, p.remote(r)
	refs, err := p.Git.Refs(ctx, dir, remote)
	if err != nil {
		return 0, "", err
	}
	if len(refs) == 0 {
		return empty, "", nil
	}
	there = refs["refs/heads/"+Branch]
	if there == "" {
		return foreign, "", nil
	}
	if !p.Git.Has(ctx, dir, there) {
		// A look at the lock first: what is not this project is not fetched.
		if ours, err := p.lockThere(ctx, r); err != nil || !ours {
			return foreign, "", err
		}
		if err := p.Git.Fetch(ctx, dir, remote, Branch); err != nil {
			return 0, "", err
		}
	}
	lock, err := p.Git.File(ctx, dir, there, generator.LockFile)
	if errors.Is(err, gitrepo.ErrNoFile) || err == nil && !p.ours(lock) {
		return foreign, "", nil
	}
	if err != nil {
		return 0, "", err
	}
	relation, err := p.Git.Relate(ctx, dir, p.Project.Commit, there)
	if err != nil {
		return 0, "", err
	}
	switch relation {
	case gitrepo.Same:
		return same, there, nil
	case gitrepo.Behind:
		return behind, there, nil
	case gitrepo.Ahead:
		return ahead, there, nil
	case gitrepo.Diverged:
		return diverged, there, nil
	default:
		return foreign, "", nil
	}
}

func (p *Publisher) lockThere(ctx context.Context, r github.Repository) (bool, error) {
	lock, err := p.GitHub.File(ctx, r.Owner, r.Name, Branch, generator.LockFile)
	if errors.Is(err, github.ErrNotFound) {
		return false, nil
	}
	return err == nil && p.ours(lock), err
}

// ours reports whether a lock is this project's, perhaps by another version.
func (p *Publisher) ours(lock []byte) bool {
	there, err := p.Catalog.ParseLock(lock)
	here := p.Project.Lock.Spec
	return err == nil && there.Spec.Phase == here.Phase && there.Spec.Name == here.Name && there.Spec.Module == here.Module
}

func (p *Publisher) observeProtection(ctx context.Context, r github.Repository) (protection, error) {
	checks, err := p.GitHub.RequiredChecks(ctx, r.Owner, r.Name, Branch)
	switch {
	case errors.Is(err, github.ErrNotFound):
		return protection{}, nil
	case errors.Is(err, github.ErrPlan):
		return protection{unpaid: true}, nil
	}
	return protection{there: true, checks: checks}, err
}
