// Package publish takes a project from a folder to a repository on GitHub. It
// looks at what is there, compares it with what is wanted, and does what is
// missing, so that a run that was cut short is simply run again. It neither
// forces nor deletes anything.
package publish

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/roadmap"
	"github.com/phasekit/scaffold/internal/token"
)

// Branch is the branch that is published.
const Branch = "main"

// Config is what publishing needs from outside.
type Config struct {
	Git       *gitrepo.Git // nil where git is not installed
	Catalog   *generator.Catalog
	Templates fs.FS // for the roadmap
	Host      github.Host
	Tokens    token.Finder
	Requests  github.Patience
	// Retry is the first wait after a failure that may pass; it doubles each
	// time. 1 s by default.
	Retry time.Duration
	// Quiet is how long git's server may send nothing; gitrepo's default
	// where 0.
	Quiet time.Duration
	// Did is called for each action that was carried out.
	Did func(Action)
	// Waiting is called for each failure that is waited for.
	Waiting func(err error, wait time.Duration)
}

// Publisher publishes one project.
type Publisher struct {
	Config
	GitHub  *github.Client
	Token   token.Token
	Project Project
	Wish    Wish
	Resume  string // the command that goes on where this run was cut short

	viewer  *github.Account // whose token it is, once known
	owner   *github.Account
	created bool // by this run
}

// Open reads the project that the request names, and finds the token to publish
// it by. It makes no API call.
func Open(ctx context.Context, c Config, r Request) (*Publisher, error) {
	if c.Git == nil {
		return nil, generator.WithHint(gitrepo.ErrNotInstalled, "https://git-scm.com/downloads")
	}
	project, err := readProject(ctx, c, r.Dir)
	if err != nil {
		return nil, err
	}
	if r.Backlog != NoBacklog {
		spec := project.Lock.Spec
		if project.Roadmap, err = roadmap.Load(c.Templates, spec.Phase, spec.Choices["domain"], spec.Choices["lang"]); err != nil {
			return nil, err
		}
	}
	p := &Publisher{Config: c, Project: project, Resume: r.Resume}
	if p.Wish, err = wishFor(c.Host, c.Catalog, project, r); err != nil {
		return nil, err
	}
	p.GitHub, p.Token, err = c.connect(ctx)
	return p, err
}

// mostTries is how often in a row something may fail that may pass.
const mostTries = 6

// Run does what plan says, and what turns out to be left to do after it, and
// returns the last plan, for its warnings and the repository.
func (p *Publisher) Run(ctx context.Context, plan Plan) (Plan, error) {
	plan, err := p.run(ctx, plan)
	return plan, p.explain(err)
}

func (p *Publisher) run(ctx context.Context, plan Plan) (Plan, error) {
	failures := 0
	for {
		done, err := p.carryOut(ctx, &plan)
		if err != nil && !passing(err) {
			return plan, err
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
				return plan, err
			}
			if err := p.wait(ctx, err, failures); err != nil {
				return plan, err
			}
		}
		next, err := p.look(ctx)
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
// nothing.
func (p *Publisher) Plan(ctx context.Context) (Plan, error) {
	plan, err := p.look(ctx)
	return plan, p.explain(err)
}

// look looks at what is there until it can see it, and compares it with the wish.
func (p *Publisher) look(ctx context.Context) (Plan, error) {
	for failures := 1; ; failures++ {
		state, err := p.observe(ctx)
		if err == nil {
			return p.compare(state)
		}
		// What has never answered will not do so now.
		if failures == mostTries || !passing(err) || errors.Is(err, github.ErrUnreachable) && p.viewer == nil {
			return Plan{}, err
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
	if explained(err) {
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
