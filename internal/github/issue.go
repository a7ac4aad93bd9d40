package github

import (
	"context"

	"github.com/google/go-github/v62/github"
)

// Label is a label of issues.
type Label struct {
	Name        string // compared without regard to case
	Color       string // six hexadecimal digits
	Description string // at most 100 characters
}

// Milestone is a stage that issues belong to.
type Milestone struct {
	Number      int // 0 before it is made
	Title       string
	Description string
}

// Issue is an issue, open or closed.
type Issue struct {
	Number      int // 0 before it is made
	Title, Body string
	Labels      []string
	Milestone   int // its number, 0 for none
}

// Labels returns a repository's labels.
func (c *Client) Labels(ctx context.Context, owner, name string) ([]Label, error) {
	return pages(func(page github.ListOptions) ([]*github.Label, *github.Response, error) {
		return c.api.Issues.ListLabels(ctx, owner, name, &page)
	}, func(l *github.Label) Label {
		return Label{Name: l.GetName(), Color: l.GetColor(), Description: l.GetDescription()}
	}, "list the labels")
}

// CreateLabel creates a label, or returns ErrExists.
func (c *Client) CreateLabel(ctx context.Context, owner, name string, l Label) error {
	_, _, err := c.api.Issues.CreateLabel(ctx, owner, name, &github.Label{Name: &l.Name, Color: &l.Color, Description: &l.Description})
	if err != nil {
		return failed("create the label "+l.Name, err)
	}
	return nil
}

// Milestones returns a repository's milestones, open and closed.
func (c *Client) Milestones(ctx context.Context, owner, name string) ([]Milestone, error) {
	return pages(func(page github.ListOptions) ([]*github.Milestone, *github.Response, error) {
		return c.api.Issues.ListMilestones(ctx, owner, name, &github.MilestoneListOptions{State: "all", ListOptions: page})
	}, milestone, "list the milestones")
}

func milestone(m *github.Milestone) Milestone {
	return Milestone{Number: m.GetNumber(), Title: m.GetTitle(), Description: m.GetDescription()}
}

// CreateMilestone creates a milestone and returns it with its number, or
// ErrExists.
func (c *Client) CreateMilestone(ctx context.Context, owner, name string, m Milestone) (Milestone, error) {
	made, _, err := c.api.Issues.CreateMilestone(ctx, owner, name, &github.Milestone{Title: &m.Title, Description: &m.Description})
	if err != nil {
		return Milestone{}, failed("create the milestone "+m.Title, err)
	}
	return milestone(made), nil
}

// Issues returns a repository's issues, open and closed, without pull requests.
func (c *Client) Issues(ctx context.Context, owner, name string) ([]Issue, error) {
	all, err := pages(func(page github.ListOptions) ([]*github.Issue, *github.Response, error) {
		return c.api.Issues.ListByRepo(ctx, owner, name, &github.IssueListByRepoOptions{State: "all", ListOptions: page})
	}, func(i *github.Issue) *github.Issue { return i }, "list the issues")
	if err != nil {
		return nil, err
	}
	var issues []Issue
	for _, i := range all {
		if i.IsPullRequest() {
			continue
		}
		issue := Issue{Number: i.GetNumber(), Title: i.GetTitle(), Body: i.GetBody(), Milestone: i.GetMilestone().GetNumber()}
		for _, l := range i.Labels {
			issue.Labels = append(issue.Labels, l.GetName())
		}
		issues = append(issues, issue)
	}
	return issues, nil
}

// CreateIssue creates an issue.
func (c *Client) CreateIssue(ctx context.Context, owner, name string, i Issue) error {
	request := &github.IssueRequest{Title: &i.Title, Body: &i.Body}
	if len(i.Labels) > 0 {
		request.Labels = &i.Labels
	}
	if i.Milestone != 0 {
		request.Milestone = &i.Milestone
	}
	if _, _, err := c.api.Issues.Create(ctx, owner, name, request); err != nil {
		return failed("open the issue "+i.Title, err)
	}
	return nil
}
