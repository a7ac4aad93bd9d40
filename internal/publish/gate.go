package publish

import (
	"cmp"
	"context"
	"errors"

	"github.com/phasekit/scaffold/generator/yaml"
	"github.com/phasekit/scaffold/internal/gitrepo"
)

// Gate is the check that protection requires. The job of that name in a
// project's ci.yml needs all other jobs.
const Gate = "CI"

const gateFile = ".github/workflows/ci.yml"

// hasGate reports whether a commit, which is in the project's repository, has
// the job that reports Gate.
func (p *Publisher) hasGate(ctx context.Context, commit string) (bool, error) {
	workflow, err := p.Git.File(ctx, p.Project.Dir, commit, gateFile)
	if errors.Is(err, gitrepo.ErrNoFile) {
		return false, nil
	}
	return err == nil && reportsGate(workflow), err
}

// reportsGate reports whether a workflow has a job whose check is named Gate. A
// matrix and a called workflow report their checks under longer names.
func reportsGate(workflow []byte) bool {
	var w struct {
		Jobs map[string]struct {
			Name     string `yaml:"name"`
			Uses     string `yaml:"uses"`
			Strategy any    `yaml:"strategy"`
		} `yaml:"jobs"`
	}
	if err := yaml.DecodeLoose(workflow, &w); err != nil {
		return false
	}
	for id, job := range w.Jobs {
		if cmp.Or(job.Name, id) == Gate && job.Uses == "" && job.Strategy == nil {
			return true
		}
	}
	return false
}
