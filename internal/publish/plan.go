package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
)

// Kind is what sort of thing an action makes.
type Kind string

// The kinds, in the order in which they are done.
const (
	Create    Kind = "create"
	Push      Kind = "push"
	Origin    Kind = "origin"
	Describe  Kind = "describe"
	Topics    Kind = "topics"
	Label     Kind = "label"
	Milestone Kind = "milestone"
	Issue     Kind = "issue"
	Protect   Kind = "protect"
)

// Action is one thing to do.
type Action struct {
	Kind Kind
	What string // what is made or changed, in a few words
	do   func(context.Context) error
}

// Calls is how many API calls the action takes: git's push is none.
func (a Action) Calls() int {
	if a.Kind == Push || a.Kind == Origin {
		return 0
	}
	return 1
}

// Plan is what is left to do.
type Plan struct {
	Repository github.Repository // as it is, or as it will be
	Exists     bool
	Actions    []Action
	// Certain is how many of the actions are sure. What comes after the making
	// of a repository depends on what it brings.
	Certain  int
	Warnings []string
	// Reads is how many API calls looking again will take.
	Reads int
}

// Calls is how many API calls the plan will take.
func (p Plan) Calls() int {
	n := p.Reads
	for _, a := range p.Actions {
		n += a.Calls()
	}
	return n
}

func (p *Plan) add(kind Kind, do func(context.Context) error, format string, args ...any) {
	p.Actions = append(p.Actions, Action{Kind: kind, What: fmt.Sprintf(format, args...), do: do})
}

func (p *Plan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

// compare returns what s lacks of the wish. It asks nobody.
func (p *Publisher) compare(s state) (Plan, error) {
	if s.repository == nil {
		return p.planNew(s)
	}
	r := *s.repository
	plan := Plan{Repository: r, Exists: true}
	if err := p.adoptable(s); err != nil {
		return plan, err
	}
	if p.Wish.Protect && !s.gate {
		return plan, generator.Errorf(fmt.Sprintf("add a job %s to main that needs all other jobs, or publish without --protect", Gate),
			"protect %s: %s on %s has no job named %s", Branch, gateFile, Branch, Gate)
	}
	if wanted := p.Wish.Visibility; wanted != "" && (wanted == Private) != r.Private {
		plan.warn("the repository is %s and stays so: change that in its settings, %s/settings", VisibilityOf(r), r.WebURL)
	}
	if s.history == empty || s.history == behind {
		plan.add(Push, func(ctx context.Context) error {
			err := p.Git.Push(ctx, p.Project.Dir, p.remote(r), Branch)
			if err != nil || p.Project.Origin == "" {
				return err
			}
			return p.Git.Track(ctx, p.Project.Dir, Branch, p.Project.Commit)
		}, "%s to %s", Branch, r.CloneURL)
	}
	if s.history == ahead {
		plan.warn("the repository has commits that are not here: git pull gets them")
	}
	if p.Project.Origin == "" {
		plan.add(Origin, func(ctx context.Context) error {
			if err := p.Git.Track(ctx, p.Project.Dir, Branch, p.Project.Commit); err != nil {
				return err
			}
			err := p.Git.SetOrigin(ctx, p.Project.Dir, r.CloneURL, Branch)
			if err == nil {
				p.Project.Origin = r.CloneURL
			}
			return err
		}, "%s as the remote", r.CloneURL)
	}
	if named := p.Project.Lock.Spec.Repository(); named != "" && !strings.EqualFold(named, r.FullName()) {
		plan.warn("README and module were made for %s: badges and go install lead there", named)
	}
	p.planAbout(&plan, r)
	p.planBacklog(&plan, s, r)
	p.planProtection(&plan, s, r)
	plan.Certain = len(plan.Actions)
	return plan, nil
}

// planNew is the plan for a repository that is not there. All that follows its
// making is what a wholly empty one would need.
func (p *Publisher) planNew(s state) (Plan, error) {
	r := github.Repository{
		Owner: p.owner.Login, Name: p.Wish.Name, Description: p.Wish.Description,
		Private: p.Wish.Visibility == Private, CanPush: true, CanAdminister: true,
	}
	r.WebURL = p.Host.Page(r.Owner, r.Name)
	r.CloneURL = r.WebURL + ".git"
	plan := Plan{Repository: r}
	switch {
	case !p.owner.Organization && p.owner.Login != p.viewer.Login:
		return plan, generator.Errorf("--owner takes an organisation, or "+p.viewer.Login+", whose token this is",
			"%s is another user: only they can create %s", p.owner.Login, r.FullName())
	case r.Private && p.owner.CannotCreate.Private:
		return plan, generator.Errorf("--public makes a public one", "%s may not have another private repository", p.owner.Login)
	case !r.Private && p.owner.CannotCreate.Public:
		return plan, generator.Errorf("--private makes a private one", "members of %s may not make public repositories", p.owner.Login)
	}
	if !r.Private {
		r.Homepage = p.Wish.Homepage
	}
	plan.add(Create, func(ctx context.Context) error {
		_, err := p.GitHub.CreateRepository(ctx, *p.owner, r)
		if p.owner.Organization && (errors.Is(err, github.ErrForbidden) || errors.Is(err, github.ErrNotFound)) {
			return generator.WithHint(err, fmt.Sprintf("is %s a member of %s, and may members create repositories there?", p.viewer.Login, r.Owner))
		}
		p.created = err == nil
		return err
	}, "%s, %s", r.FullName(), VisibilityOf(r))
	plan.Certain = len(plan.Actions)

	forecast, err := p.compare(state{repository: &r, history: empty, gate: s.gate})
	if err != nil {
		return plan, err
	}
	plan.Actions = append(plan.Actions, forecast.Actions...)
	plan.Warnings = forecast.Warnings
	plan.Reads = 1 // the repository; then its labels, milestones, issues
	if p.Wish.Backlog == Checklist {
		plan.Reads += 2
	}
	if p.Wish.Backlog == Issues {
		plan.Reads += 3
	}
	return plan, nil
}

// adoptable returns why a repository that is there is not to be touched.
func (p *Publisher) adoptable(s state) error {
	name := s.repository.FullName()
	switch {
	case s.repository.Archived:
		return generator.Errorf("choose another --name, or unarchive it in its settings", "%s is archived", name)
	case !s.repository.CanPush:
		return generator.Errorf("choose another --owner or --name", "%s exists, and %s may not push to it", name, p.viewer.Login)
	case s.history == diverged:
		return generator.Errorf("git pull --rebase, then publish again", "%s and this project have each commits that the other has not", name)
	case s.history == foreign:
		return generator.Errorf("choose another --name; nothing was changed there",
			"%s exists and holds something else than this project", name)
	}
	return nil
}

// planAbout plans description, homepage and topics. What the owner wrote there
// stays.
func (p *Publisher) planAbout(plan *Plan, r github.Repository) {
	description, homepage := r.Description, r.Homepage
	if description == "" || p.Wish.Redescribe {
		description = p.Wish.Description
	}
	if homepage == "" && !r.Private {
		homepage = p.Wish.Homepage
	}
	if description != r.Description || homepage != r.Homepage {
		plan.add(Describe, func(ctx context.Context) error {
			return p.GitHub.Describe(ctx, r.Owner, r.Name, description, homepage)
		}, "%s", strings.Join(slices.DeleteFunc([]string{description, homepage}, func(s string) bool { return s == "" }), ", "))
	}
	topics := r.Topics
	if len(topics) == 0 || p.Wish.Retopic {
		topics = union(topics, p.Wish.Topics)
	}
	if len(topics) > mostTopics {
		plan.warn("GitHub allows %d topics: %s would be too many", mostTopics, strings.Join(topics[mostTopics:], ", "))
		topics = topics[:mostTopics]
	}
	if len(topics) > len(r.Topics) {
		plan.add(Topics, func(ctx context.Context) error {
			return p.GitHub.SetTopics(ctx, r.Owner, r.Name, topics)
		}, "%s", strings.Join(topics, ", "))
	}
}

const mostTopics = 20

// planBacklog plans labels, milestones and issues. Labels and milestones are
// known by their names; issues by a mark in their text, or by their title where
// somebody took the mark out.
func (p *Publisher) planBacklog(plan *Plan, s state, r github.Repository) {
	if p.Wish.Backlog == NoBacklog {
		return
	}
	if r.NoIssues {
		plan.warn("the repository has issues turned off: there is no backlog")
		return
	}
	for _, l := range p.Project.Roadmap.Labels {
		label := github.Label{Name: l.Name, Color: l.Color, Description: l.Description}
		if slices.ContainsFunc(s.labels, func(have github.Label) bool { return strings.EqualFold(have.Name, l.Name) }) {
			continue
		}
		plan.add(Label, func(ctx context.Context) error {
			return p.GitHub.CreateLabel(ctx, r.Owner, r.Name, label)
		}, "%s", l.Name)
	}
	phase := p.Project.Lock.Spec.Phase
	if p.Wish.Backlog == Checklist {
		title, body := p.Project.Roadmap.Checklist()
		p.planIssue(plan, s, r, fmt.Sprintf("phase %d: checklist", phase), github.Issue{Title: title, Body: body}, nil)
		return
	}
	numbers := map[string]int{} // of the milestones, by title
	for _, m := range s.milestones {
		numbers[m.Title] = m.Number
	}
	for _, stage := range p.Project.Roadmap.Stages {
		if _, there := numbers[stage.Title]; !there {
			plan.add(Milestone, func(ctx context.Context) error {
				made, err := p.GitHub.CreateMilestone(ctx, r.Owner, r.Name, github.Milestone{Title: stage.Title, Description: stage.Description})
				numbers[stage.Title] = made.Number
				return err
			}, "%s", stage.Title)
		}
	}
	for _, stage := range p.Project.Roadmap.Stages {
		for _, week := range stage.Weeks {
			title, body := p.Project.Roadmap.Issue(week)
			issue := github.Issue{Title: title, Body: body, Labels: []string{week.Label}}
			p.planIssue(plan, s, r, fmt.Sprintf("phase %d: week %d", phase, week.Number), issue, func() int { return numbers[stage.Title] })
		}
	}
}

// planIssue plans an issue that is not there. milestone, which may be nil, is
// asked when it is made.
func (p *Publisher) planIssue(plan *Plan, s state, r github.Repository, id string, issue github.Issue, milestone func() int) {
	mark := "<!-- " + id + " -->"
	if slices.ContainsFunc(s.issues, func(have github.Issue) bool {
		return strings.Contains(have.Body, mark) || have.Title == issue.Title
	}) {
		return
	}
	issue.Body = strings.TrimSpace(issue.Body) + "\n\n" + mark + "\n"
	plan.add(Issue, func(ctx context.Context) error {
		if milestone != nil {
			issue.Milestone = milestone()
		}
		return p.GitHub.CreateIssue(ctx, r.Owner, r.Name, issue)
	}, "%s", issue.Title)
}

// planProtection plans the branch's protection. One that is there is somebody's
// decision and stays as it is.
func (p *Publisher) planProtection(plan *Plan, s state, r github.Repository) {
	if !p.Wish.Protect {
		return
	}
	switch {
	case s.protection.unpaid, r.Private && p.owner.Plan == "free":
		plan.warn("%s is not protected: for a private repository that takes a paid plan", Branch)
	case !r.CanAdminister:
		plan.warn("%s is not protected: that takes an administrator of %s", Branch, r.FullName())
	case s.protection.there:
		if !slices.Contains(s.protection.checks, Gate) {
			plan.warn("%s is protected already and does not require %s: add that in %s/settings/branches", Branch, Gate, r.WebURL)
		}
	default:
		plan.add(Protect, func(ctx context.Context) error {
			return p.GitHub.Protect(ctx, r.Owner, r.Name, Branch, []string{Gate})
		}, "%s, requiring %s", Branch, Gate)
	}
}

// VisibilityOf returns who may see a repository.
func VisibilityOf(r github.Repository) Visibility {
	if r.Private {
		return Private
	}
	return Public
}

// union is a and then what b adds.
func union(a, b []string) []string {
	return append(slices.Clone(a), without(b, a)...)
}

// without is what of a is not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
