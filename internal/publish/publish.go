// Package publish takes a project from a folder to a repository on GitHub. It
// looks at what is there, compares it with what is wanted, and does what is
// missing, so that a run that was cut short is simply run again. It neither
// forces nor deletes anything.
package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/roadmap"
)

// Branch is the branch that is published.
const Branch = "main"

// Project is what is on disk.
type Project struct {
	Dir    string
	Commit string // full hash of Branch
	Origin string // the address of the remote origin; "" where there is none
	Lock   generator.Lock
	// Workflows reports whether it has workflows, for which a token needs a scope
	// of its own.
	Workflows bool
	Roadmap   roadmap.Roadmap
}

// Visibility is who may see a repository.
type Visibility string

// The visibilities. The zero value is public for a new repository and leaves
// one that is there as it is.
const (
	Public  Visibility = "public"
	Private Visibility = "private"
)

// Backlog says what becomes of the phase's weeks.
type Backlog string

// The backlogs.
const (
	NoBacklog Backlog = "none"
	Checklist Backlog = "checklist" // one issue
	Issues    Backlog = "issues"    // an issue for each week, a milestone for each stage
)

// Wish is what the repository shall be like.
type Wish struct {
	Owner, Name string // Owner "" is the token's own user
	Visibility  Visibility
	Description string
	Redescribe  bool   // also where there is another description
	Homepage    string // set where there is none
	Topics      []string
	Retopic     bool // also where there are other topics, which stay
	Protect     bool
	Backlog     Backlog
}

// Publisher publishes one project.
type Publisher struct {
	GitHub  *github.Client
	Git     *gitrepo.Git
	Token   string // for git
	Catalog *generator.Catalog
	Project Project
	Wish    Wish
	// Retry is the first wait after a failure that may pass; it doubles each
	// time. 1 s by default.
	Retry time.Duration
	// Quiet is how long git's server may send nothing; gitrepo's default
	// where 0.
	Quiet time.Duration
	// Did is told of each action that was carried out.
	Did func(Action)
	// Waiting is told of each failure that is waited for.
	Waiting func(err error, wait time.Duration)

	viewer  *github.Account // whose token it is, once known
	owner   *github.Account
	created bool // by this run
}

// ProblemError is a failure with a way out.
type ProblemError struct {
	Err  error
	Hint string
	// Token reports that another token is what is needed.
	Token bool
}

func (p *ProblemError) Error() string { return p.Err.Error() }
func (p *ProblemError) Unwrap() error { return p.Err }

func problem(hint, format string, args ...any) *ProblemError {
	return &ProblemError{Err: fmt.Errorf(format, args...), Hint: hint}
}

// mostTries is how often in a row something may fail that may pass.
const mostTries = 6

// Run does what plan says, and what turns out to be left to do after it, and
// returns the last plan, for its warnings and the repository.
func (p *Publisher) Run(ctx context.Context, plan Plan) (Plan, error) {
	failures := 0
	for {
		done, err := p.carryOut(ctx, &plan)
		if err != nil && !passing(err) {
			return plan, p.advise(err)
		}
		if err == nil && done == len(plan.Actions) {
			return plan, nil
		}
		if done > 0 {
			failures = 0
		}
		if err != nil {
			failures++
			if failures == mostTries {
				return plan, p.advise(err)
			}
			if err := p.wait(ctx, err, failures); err != nil {
				return plan, err
			}
		}
		next, err := p.Plan(ctx)
		if err != nil {
			return plan, err
		}
		next.Warnings = union(plan.Warnings, next.Warnings)
		plan = next
	}
}

// carryOut does the plan's certain actions and returns how many it did. What is
// not in the account's plan becomes one more warning.
func (p *Publisher) carryOut(ctx context.Context, plan *Plan) (done int, err error) {
	for _, action := range plan.Actions[:plan.Certain] {
		err := action.do(ctx)
		switch {
		case errors.Is(err, github.ErrPlan) && action.Kind != Create:
			plan.warn("%v", err)
		case err != nil:
			return done, err
		case p.Did != nil:
			p.Did(action)
		}
		done++
	}
	return done, nil
}

// Plan looks at what is there and returns what is left to do. It changes
// nothing. What no repetition can mend is a *ProblemError.
func (p *Publisher) Plan(ctx context.Context) (Plan, error) {
	for failures := 1; ; failures++ {
		state, err := p.observe(ctx)
		if err == nil {
			return p.compare(state)
		}
		// What has never answered will not do so now.
		if failures == mostTries || !passing(err) || errors.Is(err, github.ErrUnreachable) && p.viewer == nil {
			return Plan{}, p.advise(err)
		}
		if err := p.wait(ctx, err, failures); err != nil {
			return Plan{}, err
		}
	}
}

// passing reports whether it makes sense to look again and go on. A repository
// that was just made may not be found for some seconds; what exists already was
// made by a call that seemed to fail.
func passing(err error) bool {
	if _, ok := errors.AsType[*ProblemError](err); ok {
		return false
	}
	for _, kind := range []error{github.ErrExists, github.ErrNotFound, gitrepo.ErrNotFound, gitrepo.ErrUnreachable} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return github.Temporary(err)
}

// wait waits after the n-th failure in a row, n from 1.
func (p *Publisher) wait(ctx context.Context, err error, n int) error {
	first := p.Retry
	if first == 0 {
		first = time.Second
	}
	wait := first << (n - 1)
	if p.Waiting != nil {
		p.Waiting(err, wait)
	}
	return github.Sleep(ctx, wait)
}

// advise adds the way out that is known for err.
func (p *Publisher) advise(err error) error {
	if _, ok := errors.AsType[*ProblemError](err); ok {
		return err
	}
	switch {
	case errors.Is(err, github.ErrUnauthorized), errors.Is(err, gitrepo.ErrUnauthorized):
		return &ProblemError{Err: err, Token: true}
	case errors.Is(err, github.ErrForbidden), errors.Is(err, gitrepo.ErrForbidden),
		errors.Is(err, gitrepo.ErrRejected) && strings.Contains(err.Error(), "scope"):
		return &ProblemError{Err: err, Token: true}
	case errors.Is(err, gitrepo.ErrRejected):
		return &ProblemError{Err: err, Hint: "the repository has rules for " + Branch + ": push a branch and open a pull request"}
	case errors.Is(err, gitrepo.ErrTooOld):
		return &ProblemError{Err: err, Hint: "https://git-scm.com/downloads has a newer git"}
	case errors.Is(err, github.ErrUnreachable), errors.Is(err, gitrepo.ErrUnreachable):
		return &ProblemError{Err: err, Hint: "is " + p.GitHub.Host.Name + " reachable from here, and is a proxy needed (HTTPS_PROXY)?"}
	case errors.Is(err, github.ErrExists):
		return &ProblemError{Err: err, Hint: "a repository of that name exists that this token does not show: choose another --name"}
	}
	return err
}
