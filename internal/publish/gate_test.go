package publish

import "testing"

func TestReportsGate(t *testing.T) {
	for _, tt := range []struct {
		name, workflow string
		want           bool
	}{
		{"by name", "on: push\njobs: {test: {}, last: {name: CI, needs: [test], if: always()}}", true},
		{"by id", "jobs: {CI: {}}", true},
		{"other jobs only", "name: CI\njobs: {test: {name: Test}}", false},
		{"another name", "jobs: {CI: {name: Gate}}", false},
		{"another case", "jobs: {ci: {}}", false},
		{"a called workflow", "jobs: {ci: {name: CI, uses: ./.github/workflows/test.yml}}", false},
		{"a matrix", "jobs: {ci: {name: CI, strategy: {matrix: {os: [linux]}}}}", false},
		{"no jobs", "on: push", false},
		{"jobs as a list", "jobs: [CI]", false},
		{"not YAML", "jobs: [", false},
		{"empty", "", false},
	} {
		if got := reportsGate([]byte(tt.workflow)); got != tt.want {
			t.Errorf("%s: reportsGate(%q) = %t, want %t", tt.name, tt.workflow, got, tt.want)
		}
	}
}
