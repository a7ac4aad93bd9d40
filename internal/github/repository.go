package github

import (
	"context"
	"slices"
	"time"

	"github.com/google/go-github/v62/github"
)

// Repository is what publishing has to know of one.
type Repository struct {
	Owner, Name            string
	Description, Homepage  string
	Topics                 []string
	Private                bool
	CloneURL, WebURL       string // of git over HTTPS; of the page
	Archived               bool
	NoIssues               bool // somebody turned them off
	CanPush, CanAdminister bool
}

// FullName is OWNER/NAME.
func (r Repository) FullName() string { return r.Owner + "/" + r.Name }

func repository(r *github.Repository) Repository {
	return Repository{
		Owner: r.GetOwner().GetLogin(), Name: r.GetName(),
		Description: r.GetDescription(), Homepage: r.GetHomepage(), Topics: r.Topics,
		Private: r.GetPrivate(), CloneURL: r.GetCloneURL(), WebURL: r.GetHTMLURL(),
		Archived: r.GetArchived(), NoIssues: r.HasIssues != nil && !*r.HasIssues,
		CanPush: r.GetPermissions()["push"], CanAdminister: r.GetPermissions()["admin"],
	}
}

// Repository returns one, or ErrNotFound where there is none that the token
// shows.
func (c *Client) Repository(ctx context.Context, owner, name string) (Repository, error) {
	r, _, err := c.api.Repositories.Get(ctx, owner, name)
	if err != nil {
		return Repository{}, failed("look up "+owner+"/"+name, err)
	}
	return repository(r), nil
}

// CreateRepository creates an empty repository that belongs to owner, or
// returns ErrExists where the name is taken.
func (c *Client) CreateRepository(ctx context.Context, owner Account, r Repository) (Repository, error) {
	org := ""
	if owner.Organization {
		org = owner.Login
	}
	made, _, err := c.api.Repositories.Create(ctx, org, &github.Repository{
		Name: &r.Name, Description: &r.Description, Homepage: &r.Homepage, Private: &r.Private,
	})
	if err != nil {
		return Repository{}, failed("create "+owner.Login+"/"+r.Name, err)
	}
	return repository(made), nil
}

// Describe sets description and homepage.
func (c *Client) Describe(ctx context.Context, owner, name, description, homepage string) error {
	_, _, err := c.api.Repositories.Edit(ctx, owner, name, &github.Repository{Description: &description, Homepage: &homepage})
	if err != nil {
		return failed("describe "+owner+"/"+name, err)
	}
	return nil
}

// SetTopics replaces the repository's topics.
func (c *Client) SetTopics(ctx context.Context, owner, name string, topics []string) error {
	if _, _, err := c.api.Repositories.ReplaceAllTopics(ctx, owner, name, topics); err != nil {
		return failed("set the topics", err)
	}
	return nil
}

// RequiredChecks returns the names of the checks that a branch requires, nil
// where it requires none, or ErrNotFound where the branch is not protected.
func (c *Client) RequiredChecks(ctx context.Context, owner, name, branch string) ([]string, error) {
	p, _, err := c.api.Repositories.GetBranchProtection(ctx, owner, name, branch)
	if err != nil {
		return nil, failed("look at the protection of "+branch, err)
	}
	var names []string
	if required := p.RequiredStatusChecks; required != nil {
		if required.Contexts != nil {
			names = append(names, *required.Contexts...)
		}
		if required.Checks != nil {
			for _, check := range *required.Checks {
				names = append(names, check.Context)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Protect lets nothing be merged into a branch before the checks have passed on
// the newest state of the branch, and forbids force pushes and deletion. It
// does not bind administrators, so that a student can still push. The error is
// ErrPlan where only a paid plan has this.
func (c *Client) Protect(ctx context.Context, owner, name, branch string, checks []string) error {
	no := false
	_, _, err := c.api.Repositories.UpdateBranchProtection(ctx, owner, name, branch, &github.ProtectionRequest{
		RequiredStatusChecks: &github.RequiredStatusChecks{Strict: true, Contexts: &checks},
		AllowForcePushes:     &no,
		AllowDeletions:       &no,
	})
	if err != nil {
		return failed("protect "+branch, err)
	}
	return nil
}

// Run is one run of a workflow.
type Run struct {
	ID       int64
	Workflow string // its name
	URL      string // of its page
	Done     bool
	// Conclusion is "success" or what else became of it; "" before Done.
	Conclusion string
}

// Job is one job of a run.
type Job struct {
	ID         int64
	Name       string
	URL        string
	Done       bool
	Conclusion string        // "" before Done
	Took       time.Duration // 0 before Done
}

// Runs returns the runs that pushing a commit started, in the order of their
// ids, which is that of their start.
func (c *Client) Runs(ctx context.Context, owner, name, commit string) ([]Run, error) {
	runs, err := pages(func(page github.ListOptions) ([]*github.WorkflowRun, *github.Response, error) {
		found, resp, err := c.api.Actions.ListRepositoryWorkflowRuns(ctx, owner, name,
			&github.ListWorkflowRunsOptions{HeadSHA: commit, Event: "push", ListOptions: page})
		if err != nil {
			return nil, resp, err
		}
		return found.WorkflowRuns, resp, nil
	}, func(r *github.WorkflowRun) Run {
		return Run{
			ID: r.GetID(), Workflow: r.GetName(), URL: r.GetHTMLURL(),
			Done: r.GetStatus() == "completed", Conclusion: r.GetConclusion(),
		}
	}, "list the workflow runs")
	slices.SortFunc(runs, func(a, b Run) int { return int(a.ID - b.ID) })
	return runs, err
}

// Jobs returns a run's jobs, of its latest attempt.
func (c *Client) Jobs(ctx context.Context, owner, name string, run int64) ([]Job, error) {
	return pages(func(page github.ListOptions) ([]*github.WorkflowJob, *github.Response, error) {
		found, resp, err := c.api.Actions.ListWorkflowJobs(ctx, owner, name, run,
			&github.ListWorkflowJobsOptions{Filter: "latest", ListOptions: page})
		if err != nil {
			return nil, resp, err
		}
		return found.Jobs, resp, nil
	}, func(j *github.WorkflowJob) Job {
		job := Job{ID: j.GetID(), Name: j.GetName(), URL: j.GetHTMLURL(), Done: j.GetStatus() == "completed", Conclusion: j.GetConclusion()}
		if job.Done {
			job.Took = j.GetCompletedAt().Sub(j.GetStartedAt().Time)
		}
		return job
	}, "list the jobs of a run")
}

// File returns a file of a branch, or ErrNotFound.
func (c *Client) File(ctx context.Context, owner, name, branch, path string) ([]byte, error) {
	file, _, _, err := c.api.Repositories.GetContents(ctx, owner, name, path, &github.RepositoryContentGetOptions{Ref: branch})
	if err != nil {
		return nil, failed("read "+path, err)
	}
	if file == nil { // a folder
		return nil, failed("read "+path, ErrNotFound)
	}
	text, err := file.GetContent()
	if err != nil {
		return nil, failed("read "+path, err)
	}
	return []byte(text), nil
}
