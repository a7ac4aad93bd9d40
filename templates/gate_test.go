package templates_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/generator/yaml"
)

// gate is the name of the job that `scaffold publish --protect` requires.
const gate = "CI"

// job is the part of a workflow's job that decides about the gate.
type job struct {
	Name     string   `yaml:"name"`
	Needs    any      `yaml:"needs"`
	If       string   `yaml:"if"`
	Uses     string   `yaml:"uses"`
	Strategy any      `yaml:"strategy"`
	Continue any      `yaml:"continue-on-error"`
	Steps    []gating `yaml:"steps"`
}

type gating struct {
	If  string `yaml:"if"`
	Run string `yaml:"run"`
}

// TestOneGateJob: ci.yml has a job CI that waits for all others and fails if one
// of them failed, and no other workflow reports a check of that name.
func TestOneGateJob(t *testing.T) {
	eachCombination(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		found := false
		for _, f := range render(t, c, s).Files() {
			name, ok := strings.CutPrefix(f.Path, ".github/workflows/")
			if !ok {
				continue
			}
			var workflow struct {
				On   any            `yaml:"on"`
				Jobs map[string]job `yaml:"jobs"`
			}
			if err := yaml.DecodeLoose(f.Data, &workflow); err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			for id, j := range workflow.Jobs {
				if j.Name != gate && (j.Name != "" || id != gate) {
					continue
				}
				if name != "ci.yml" {
					t.Errorf("%s: job %s has the name %s, which only the gate in ci.yml may have", f.Path, id, gate)
					continue
				}
				found = true
				checkGate(t, id, workflow.Jobs)
				on, _ := workflow.On.(map[string]any)
				if filter, ok := on["pull_request"]; !ok || filter != nil {
					t.Errorf("ci.yml: on.pull_request = %v, %t, want it without a filter: the gate has to report on every pull request", filter, ok)
				}
			}
		}
		if !found {
			t.Errorf("ci.yml has no job %s", gate)
		}
	})
}

func checkGate(t *testing.T, id string, jobs map[string]job) {
	t.Helper()
	j := jobs[id]
	var needs []string
	list, _ := j.Needs.([]any)
	for _, n := range list {
		needs = append(needs, n.(string))
	}
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(jobs)), func(other string) bool { return other == id })
	if diff := cmp.Diff(others, slices.Sorted(slices.Values(needs))); diff != "" {
		t.Errorf("ci.yml: needs of %s (-every other job +listed):\n%s", id, diff)
	}
	if j.If != "always()" || j.Uses != "" || j.Strategy != nil || j.Continue != nil {
		t.Errorf("ci.yml: job %s = %+v, want if: always(), and no uses, strategy or continue-on-error", id, j)
	}
	want := []gating{{If: "contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')", Run: "exit 1"}}
	if diff := cmp.Diff(want, j.Steps); diff != "" {
		t.Errorf("ci.yml: steps of %s (-want +got):\n%s", id, diff)
	}
	for other, o := range jobs {
		if o.Continue != nil {
			t.Errorf("ci.yml: job %s has continue-on-error, which hides its failure from the gate", other)
		}
	}
}
