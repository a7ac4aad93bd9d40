// Package workflow knows which checks GitHub shows for a project's workflows.
package workflow

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator/yaml"
)

const folder = ".github/workflows"

// The branch that the checks are to protect.
const mainBranch = "main"

// A called workflow can call another; GitHub allows ten in a row.
const mostCalls = 10

// Checks returns the names of the checks that a project's workflows report on
// every pull request to main, as GitHub names them and in the order of files
// and jobs: what main can be made to require. A job is called by its name, or
// else its id; a matrix is expanded; a job of a called workflow is
// "caller / job".
//
// A required check that is never reported blocks every merge, so these are
// left out:
//   - workflows whose pull_request has a filter that passes over some pull
//     requests: by paths, by branches without main, by types without opened
//     and synchronize;
//   - jobs with a condition and a matrix, and with a condition and a call: when
//     the condition is false, GitHub reports one check under a name that is
//     not expanded. Any other job that is skipped passes;
//   - jobs that may fail by continue-on-error.
//
// A name that depends on more than the workflow's own matrix, and a workflow
// of another repository, are an error.
func Checks(project fs.FS) ([]string, error) {
	var checks []string
	names, err := files(project)
	if err != nil {
		return nil, fmt.Errorf("read workflows: %w", err)
	}
	for _, name := range names {
		w, err := read(project, name)
		if err != nil {
			return nil, fmt.Errorf("read workflow %s: %w", name, err)
		}
		if !w.On.everyPullRequest() {
			continue
		}
		reported, err := w.checks(project, 0)
		if err != nil {
			return nil, fmt.Errorf("read workflow %s: %w", name, err)
		}
		for _, check := range reported {
			if !slices.Contains(checks, check) {
				checks = append(checks, check)
			}
		}
	}
	return checks, nil
}

// files lists the workflows by name; a project without any has none.
func files(project fs.FS) ([]string, error) {
	var names []string
	for _, pattern := range []string{"*.yml", "*.yaml"} {
		found, err := fs.Glob(project, folder+"/"+pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return names, nil
}

type workflow struct {
	On   triggers      `yaml:"on"`
	Jobs yaml.Map[job] `yaml:"jobs"`
}

type job struct {
	Name            string `yaml:"name"`
	If              any    `yaml:"if"`
	Uses            string `yaml:"uses"`
	ContinueOnError any    `yaml:"continue-on-error"`
	Strategy        struct {
		Matrix matrix `yaml:"matrix"`
	} `yaml:"strategy"`
}

func read(project fs.FS, name string) (workflow, error) {
	var w workflow
	data, err := fs.ReadFile(project, name)
	if err != nil {
		return w, err
	}
	err = yaml.DecodeLoose(data, &w)
	return w, err
}

// checks lists what the workflow's jobs report; depth is how many workflows
// have called each other so far.
func (w workflow) checks(project fs.FS, depth int) ([]string, error) {
	var checks []string
	for _, item := range w.Jobs {
		reported, err := item.Value.checks(project, item.Key, depth)
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", item.Key, err)
		}
		checks = append(checks, reported...)
	}
	return checks, nil
}

func (j job) checks(project fs.FS, id string, depth int) ([]string, error) {
	if j.ContinueOnError != nil && j.ContinueOnError != false {
		return nil, nil
	}
	if j.If != nil && (j.Uses != "" || j.Strategy.Matrix.given()) {
		return nil, nil
	}
	name := j.Name
	if name == "" {
		name = id
	}
	names, err := j.Strategy.Matrix.expand(name)
	if err != nil || j.Uses == "" {
		return names, err
	}
	called, err := call(project, j.Uses, depth+1)
	if err != nil {
		return nil, err
	}
	var checks []string
	for _, caller := range names {
		for _, check := range called {
			checks = append(checks, caller+" / "+check)
		}
	}
	return checks, nil
}

// call lists what a workflow of the same project reports to its caller.
func call(project fs.FS, uses string, depth int) ([]string, error) {
	name, ours := strings.CutPrefix(uses, "./")
	if !ours || path.Dir(name) != folder {
		return nil, fmt.Errorf("it calls %s, which is not in this project", uses)
	}
	if depth > mostCalls {
		return nil, fmt.Errorf("it calls %s: more than %d calls deep", uses, mostCalls)
	}
	w, err := read(project, name)
	if err != nil {
		return nil, fmt.Errorf("it calls %s: %w", uses, err)
	}
	checks, err := w.checks(project, depth)
	if err != nil {
		return nil, fmt.Errorf("it calls %s: %w", uses, err)
	}
	return checks, nil
}
