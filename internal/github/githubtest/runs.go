package githubtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator/yaml"
)

// run is a workflow run. Each look at it takes one of its jobs a step further.
type run struct {
	id     int
	name   string
	path   string
	commit string
	jobs   []*job
}

type job struct {
	id         int
	name       string
	step       int // queued, in progress, completed
	conclusion string
}

var steps = []string{"queued", "in_progress", "completed"}

func (r *run) status() (status, conclusion string) {
	conclusion = "success"
	for _, j := range r.jobs {
		if j.step < len(steps)-1 {
			return "in_progress", ""
		}
		if j.conclusion != "success" {
			conclusion = "failure"
		}
	}
	return "completed", conclusion
}

// startRuns starts a run for each workflow that a push to main triggers.
func (s *Server) startRuns(r *repository, commit string) {
	out, err := git(r.dir, "ls-tree", "--name-only", commit, ".github/workflows/")
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for path := range strings.FieldsSeq(string(out)) {
		data, ok := r.file("main", path)
		var w struct {
			Name string `yaml:"name"`
			On   any    `yaml:"on"`
			Jobs yaml.Map[struct {
				Name     string `yaml:"name"`
				Strategy struct {
					Matrix map[string]any `yaml:"matrix"`
				} `yaml:"strategy"`
			}] `yaml:"jobs"`
		}
		if !ok || yaml.DecodeLoose(data, &w) != nil {
			continue
		}
		if !onPush(w.On) {
			continue
		}
		s.lastID++
		started := &run{id: s.lastID, name: w.Name, path: path, commit: commit}
		for _, item := range w.Jobs {
			for _, name := range expand(cmp.Or(item.Value.Name, item.Key), item.Value.Strategy.Matrix) {
				s.lastID++
				conclusion := "success"
				if slices.Contains(s.options.Red, name) {
					conclusion = "failure"
				}
				started.jobs = append(started.jobs, &job{id: s.lastID, name: name, conclusion: conclusion})
			}
		}
		r.runs = append(r.runs, started)
	}
}

// onPush reports whether a workflow's triggers, which are a name, a list or a
// mapping, start it for a push to main. Patterns are beyond it.
func onPush(on any) bool {
	switch on := on.(type) {
	case string:
		return on == "push"
	case []any:
		return slices.Contains(on, any("push"))
	case map[string]any:
		push, triggered := on["push"]
		filters, _ := push.(map[string]any)
		branches, filtered := filters["branches"].([]any)
		ignored, _ := filters["branches-ignore"].([]any)
		_, tags := filters["tags"]
		switch {
		case filtered:
			return slices.ContainsFunc(branches, func(b any) bool { return b == "main" || b == "*" || b == "**" })
		case ignored != nil:
			return !slices.Contains(ignored, any("main"))
		default:
			return triggered && !tags
		}
	default:
		return false
	}
}

// expand puts the values of a matrix, of one axis at most, into a job's name.
func expand(name string, matrix map[string]any) []string {
	for axis, values := range matrix {
		var names []string
		if list, ok := values.([]any); ok {
			for _, v := range list {
				names = append(names, strings.ReplaceAll(name, "${{ matrix."+axis+" }}", fmt.Sprint(v)))
			}
		}
		return names
	}
	return []string{name}
}
