package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/ui"
)

// publishResult is what `scaffold publish --json` prints, and what `scaffold new
// --publish --json` has as its publish.
type publishResult struct {
	Repository resultRepository `json:"repository"`
	DryRun     bool             `json:"dryRun"`
	Planned    []resultAction   `json:"planned"` // before anything was done; a forecast where Exists is false
	Done       []resultAction   `json:"done"`
	Warnings   []string         `json:"warnings"`
	Calls      resultCalls      `json:"apiCalls"`
	Runs       []resultRun      `json:"runs,omitempty"` // with --wait
	plan       publish.Plan
}

type resultRepository struct {
	Owner      string             `json:"owner"`
	Name       string             `json:"name"`
	URL        string             `json:"url"`
	Visibility publish.Visibility `json:"visibility"`
	Existed    bool               `json:"existed"` // before this run
}

type resultAction struct {
	Kind publish.Kind `json:"kind"`
	What string       `json:"what"`
}

type resultCalls struct {
	Planned int `json:"planned"` // after the plan was made
	Made    int `json:"made"`    // in all
}

type resultRun struct {
	Workflow   string      `json:"workflow"`
	Conclusion string      `json:"conclusion"` // GitHub's word, such as "success"; "" while it runs
	URL        string      `json:"url"`
	Jobs       []resultJob `json:"jobs"`
}

type resultJob struct {
	Name       string `json:"name"`
	Conclusion string `json:"conclusion"`
	Seconds    int    `json:"seconds"`
	URL        string `json:"url"`
}

func newPublishResult(plan publish.Plan, dryRun bool) *publishResult {
	r := &publishResult{
		DryRun: dryRun, Planned: []resultAction{}, Done: []resultAction{}, Warnings: []string{},
		Calls: resultCalls{Planned: plan.Calls()}, plan: plan,
	}
	for _, a := range plan.Actions {
		r.Planned = append(r.Planned, resultAction{Kind: a.Kind, What: a.What})
	}
	r.update(plan)
	r.Repository.Existed = plan.Exists
	return r
}

// update takes over what a later plan knows better.
func (r *publishResult) update(plan publish.Plan) {
	r.Repository.Owner, r.Repository.Name = plan.Repository.Owner, plan.Repository.Name
	r.Repository.URL = plan.Repository.WebURL
	r.Repository.Visibility = publish.VisibilityOf(plan.Repository)
	r.Warnings = append([]string{}, plan.Warnings...)
}

// print prints r, which is nil where there is nothing to print.
func (r *publishResult) print(s *ui.Streams, asJSON bool) error {
	switch {
	case r == nil:
		return nil
	case asJSON:
		return writeJSON(s.Out, r)
	case r.DryRun:
		return printPlan(s, s.Out, r.plan)
	case len(r.Done) == 0:
		_, err := fmt.Fprintf(s.Out, "nothing to do: %s is as it should be\n", r.Repository.URL)
		return err
	}
	_, err := fmt.Fprintf(s.Out, "%s/%s is published: %s\n", r.Repository.Owner, r.Repository.Name, r.Repository.URL)
	return err
}

const longestLine = 100

// printPlan prints what is to be done, a line for each kind, or for each thing
// where that would be long.
func printPlan(s *ui.Streams, w io.Writer, plan publish.Plan) error {
	r := plan.Repository
	for _, warning := range plan.Warnings {
		s.Warn(warning, "")
	}
	if len(plan.Actions) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(w, "%s/%s, %s, on %s:\n", r.Owner, r.Name, publish.VisibilityOf(r), r.WebURL); err != nil {
		return err
	}
	for i := 0; i < len(plan.Actions); {
		kind, what := plan.Actions[i].Kind, []string{}
		for ; i < len(plan.Actions) && plan.Actions[i].Kind == kind; i++ {
			what = append(what, plan.Actions[i].What)
		}
		list := strings.Join(what, "; ")
		if len(list) > longestLine && len(what) > 1 {
			list = strings.Join(what, "\n             ")
		}
		if _, err := fmt.Fprintf(w, "  %-9s  %s\n", kind, list); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s\n", count(plan.Calls(), "API call"))
	return err
}
