package publish

import (
	"context"
	"errors"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
)

// ErrRed is returned where a workflow run did not end well.
var ErrRed = errors.New("publish: a workflow run is red")

// ErrNoRun is returned where the push has started no workflow run.
var ErrNoRun = errors.New("publish: no workflow run has started")

// Watch says how to follow workflow runs.
type Watch struct {
	// Every is the time between two looks, 5 s by default.
	Every time.Duration
	// Appear is how long the first run may take to appear, 2 min by default.
	Appear time.Duration
	// Began is called for each run, and Ended for each job that has ended.
	Began func(github.Run)
	Ended func(github.Run, github.Job)
}

// Green reports whether a conclusion lets a pull request be merged.
func Green(conclusion string) bool {
	return conclusion == "success" || conclusion == "skipped" || conclusion == "neutral"
}

// Watch follows the workflow runs that the push of the project's commit started
// until all have ended, and returns them. Its error is ErrRed where one of them
// is not green, and ErrNoRun where none appears. A look that fails for a while is
// repeated.
func (p *Publisher) Watch(ctx context.Context, r github.Repository, w Watch) ([]github.Run, error) {
	runs, err := p.watch(ctx, r, w)
	switch {
	case errors.Is(err, ErrRed):
		err = generator.WithHint(err, r.WebURL+"/actions shows the logs")
	case errors.Is(err, ErrNoRun):
		err = generator.WithHint(err, "are Actions allowed? "+r.WebURL+"/settings/actions")
	}
	return runs, p.explain(err)
}

func (p *Publisher) watch(ctx context.Context, r github.Repository, w Watch) ([]github.Run, error) {
	every, appear := w.Every, w.Appear
	if every == 0 {
		every = 5 * time.Second
	}
	if appear == 0 {
		appear = 2 * time.Minute
	}
	begun, told := map[int64]bool{}, map[int64]bool{}
	failures, waited := 0, time.Duration(0)
	for {
		runs, done, err := p.lookAtRuns(ctx, r, w, begun, told)
		if err != nil {
			failures++
			if !github.Temporary(err) || failures == mostTries {
				return runs, err
			}
		} else {
			failures = 0
		}
		if err == nil && done {
			for _, run := range runs {
				if !Green(run.Conclusion) {
					return runs, ErrRed
				}
			}
			return runs, nil
		}
		if len(begun) == 0 && err == nil {
			if waited >= appear {
				return nil, ErrNoRun
			}
			waited += every
		}
		if err := github.Sleep(ctx, every); err != nil {
			return runs, err
		}
	}
}

// lookAtRuns looks once. done is whether there are runs and all have ended.
func (p *Publisher) lookAtRuns(ctx context.Context, r github.Repository, w Watch, begun, told map[int64]bool) (runs []github.Run, done bool, err error) {
	runs, err = p.GitHub.Runs(ctx, r.Owner, r.Name, p.Project.Commit)
	if err != nil {
		return nil, false, err
	}
	done = len(runs) > 0
	for _, run := range runs {
		if !begun[run.ID] {
			begun[run.ID] = true
			w.Began(run)
		}
		if !run.Done {
			done = false
		}
		jobs, err := p.GitHub.Jobs(ctx, r.Owner, r.Name, run.ID)
		if err != nil {
			return runs, false, err
		}
		for _, job := range jobs {
			if job.Done && !told[job.ID] {
				told[job.ID] = true
				w.Ended(run, job)
			}
		}
	}
	return runs, done, nil
}
