package workflow_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/workflow"
	"github.com/phasekit/scaffold/templates"
)

func project(kv ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(kv); i += 2 {
		m[".github/workflows/"+kv[i]] = &fstest.MapFile{Data: []byte(kv[i+1])}
	}
	return m
}

const onPullRequest = "on: pull_request\n"

func TestChecks(t *testing.T) {
	const called = "on: workflow_call\njobs: {lint: {name: Lint}, test: {strategy: {matrix: {os: [a, b]}}}}\n"
	tests := []struct {
		name string
		fsys fs.FS
		want []string
	}{
		{"no workflow", fstest.MapFS{}, nil},
		{"name or else id", project("ci.yml", onPullRequest+"jobs: {b: {name: Lint all}, a: {}}"), []string{"Lint all", "a"}},
		{"events as a list", project("ci.yml", "on: [push, pull_request]\njobs: {a: {}}"), []string{"a"}},
		{"events as a mapping", project("ci.yml", "on: {push: {branches: [main]}, pull_request: }\njobs: {a: {}}"), []string{"a"}},
		{"on in quotes", project("ci.yml", "\"on\": pull_request\njobs: {a: {}}"), []string{"a"}},
		{"other event", project("ci.yml", "on: push\njobs: {a: {}}"), nil},
		{"other events as a list", project("ci.yml", "on: [push]\njobs: {a: {}}"), nil},
		{"code of others", project("ci.yml", "on: pull_request_target\njobs: {a: {}}"), nil},
		{"filtered by paths", project("ci.yml", "on: {pull_request: {paths: [go.mod]}}\njobs: {a: {}}"), nil},
		{"filtered by paths to ignore", project("ci.yml", "on: {pull_request: {paths-ignore: [docs/**]}}\njobs: {a: {}}"), nil},
		{"branches with main", project("ci.yml", "on: {pull_request: {branches: [dev, main]}}\njobs: {a: {}}"), []string{"a"}},
		{"branches is main", project("ci.yml", "on: {pull_request: {branches: main}}\njobs: {a: {}}"), []string{"a"}},
		{"branches without main", project("ci.yml", "on: {pull_request: {branches: [dev]}}\njobs: {a: {}}"), nil},
		{"every state", project("ci.yml", "on: {pull_request: {types: [opened, synchronize, reopened]}}\njobs: {a: {}}"), []string{"a"}},
		{"first state only", project("ci.yml", "on: {pull_request: {types: [opened]}}\njobs: {a: {}}"), nil},
		{"files in order, each name once", project(
			"b.yaml", onPullRequest+"jobs: {test: {}, b: {}}",
			"a.yml", onPullRequest+"jobs: {test: {}}",
			"readme.md", "no workflow",
		), []string{"test", "b"}},
		{"unknown keys and tags of others", project("ci.yml", onPullRequest+"x-more: {1: 2}\njobs: {a: {runs-on: [self-hosted], steps: [{run: make}]}}"), []string{"a"}},

		{"matrix in the name", project("ci.yml", onPullRequest+
			"jobs: {t: {name: 'Test on ${{ matrix.os }} with ${{matrix.go}}', strategy: {matrix: {os: [linux, mac], go: [1.26, '1.30']}}}}"),
			[]string{"Test on linux with 1.26", "Test on linux with 1.30", "Test on mac with 1.26", "Test on mac with 1.30"}},
		{"matrix not in the name", project("ci.yml", onPullRequest+"jobs: {t: {name: Test, strategy: {matrix: {os: [linux, mac], race: [true]}}}}"),
			[]string{"Test (linux, true)", "Test (mac, true)"}},
		{"part of the matrix in the name", project("ci.yml", onPullRequest+"jobs: {t: {name: 'Test ${{ matrix.os }}', strategy: {matrix: {os: [linux], n: [1, 2]}}}}"),
			[]string{"Test linux"}},
		{"matrix of mappings", project("ci.yml", onPullRequest+
			"jobs: {t: {name: 'Test ${{ matrix.on.os }}', strategy: {matrix: {on: [{os: linux, arch: arm}, {os: mac}]}}}}"),
			[]string{"Test linux", "Test mac"}},
		{"excluded", project("ci.yml", onPullRequest+
			"jobs: {t: {strategy: {matrix: {os: [linux, mac], n: [1, 2], exclude: [{os: mac, n: 1}, {n: 3}]}}}}"),
			[]string{"t (linux, 1)", "t (linux, 2)", "t (mac, 2)"}},
		{"included", project("ci.yml", onPullRequest+
			"jobs: {t: {strategy: {matrix: {os: [linux, mac], include: [{os: mac, extra: x}, {os: windows, extra: y}]}}}}"),
			[]string{"t (linux)", "t (mac, x)", "t (windows, y)"}},
		{"included in all", project("ci.yml", onPullRequest+
			"jobs: {t: {name: 't ${{ matrix.color }}', strategy: {matrix: {os: [linux, mac], include: [{color: green}, {os: mac, color: pink}]}}}}"),
			[]string{"t green", "t pink"}},
		{"included only", project("ci.yml", onPullRequest+"jobs: {t: {strategy: {matrix: {include: [{os: linux}, {os: mac, n: 2}]}}}}"),
			[]string{"t (linux)", "t (mac, 2)"}},
		{"not in every combination", project("ci.yml", onPullRequest+"jobs: {t: {name: 't${{ matrix.x }}', strategy: {matrix: {os: [linux]}}}}"),
			[]string{"t"}},

		{"condition", project("ci.yml", onPullRequest+"jobs: {a: {if: always()}, b: {if: false}}"), []string{"a", "b"}},
		{"condition and matrix", project("ci.yml", onPullRequest+"jobs: {a: {if: x, strategy: {matrix: {os: [linux]}}}, b: {}}"), []string{"b"}},
		{"condition and call", project("ci.yml", onPullRequest+"jobs: {a: {if: x, uses: ./.github/workflows/ci.yml}}"), nil},
		{"may fail", project("ci.yml", onPullRequest+"jobs: {a: {continue-on-error: true}, b: {continue-on-error: '${{ matrix.x }}'}, c: {continue-on-error: false}}"),
			[]string{"c"}},

		{"call", project(
			"ci.yml", called,
			"pr.yml", onPullRequest+"jobs: {ci: {name: CI, uses: ./.github/workflows/ci.yml}}",
		), []string{"CI / Lint", "CI / test (a)", "CI / test (b)"}},
		{"call for each of a matrix", project(
			"ci.yml", "on: workflow_call\njobs: {lint: {}}\n",
			"pr.yml", onPullRequest+"jobs: {ci: {uses: ./.github/workflows/ci.yml, strategy: {matrix: {n: [1, 2]}}}}",
		), []string{"ci (1) / lint", "ci (2) / lint"}},
		{"call of a call", project(
			"a.yml", "on: workflow_call\njobs: {lint: {}}\n",
			"b.yml", "on: workflow_call\njobs: {b: {uses: ./.github/workflows/a.yml}}\n",
			"pr.yml", onPullRequest+"jobs: {c: {uses: ./.github/workflows/b.yml}}",
		), []string{"c / b / lint"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := workflow.Checks(tt.fsys)
			if err != nil {
				t.Fatalf("Checks() = %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Checks() differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChecksRefuses(t *testing.T) {
	tests := []struct{ name, give, want string }{
		{"not YAML", "jobs: [", "line 1"},
		{"no mapping of events", "on: {pull_request: [paths]}", "on: pull_request: want a mapping"},
		{"number for an event", "on: [[pull_request]]", "on: want an event"},
		{"jobs as a list", onPullRequest + "jobs: [a]", "want a mapping"},
		{"job twice", onPullRequest + "jobs: {a: {}, a: {}}", "a is there twice"},
		{"name from elsewhere", onPullRequest + "jobs: {a: {name: 'Test ${{ inputs.os }}'}}", `job a: name "Test ${{ inputs.os }}": only a name`},
		{"name by a function", onPullRequest + "jobs: {a: {name: '${{ format(matrix.os) }}', strategy: {matrix: {os: [b]}}}}", "nothing but the matrix"},
		{"computed matrix", onPullRequest + "jobs: {a: {strategy: {matrix: '${{ fromJSON(x) }}'}}}", "only lists that are written out"},
		{"computed axis", onPullRequest + "jobs: {a: {strategy: {matrix: {os: '${{ fromJSON(x) }}'}}}}", "os: only a list that is written out"},
		{"computed inclusion", onPullRequest + "jobs: {a: {strategy: {matrix: {include: '${{ fromJSON(x) }}'}}}}", "matrix:"},
		{"mapping without a name", onPullRequest + "jobs: {a: {strategy: {matrix: {on: [{os: linux}]}}}}", "on is not a single value"},
		{"mapping in a name", onPullRequest + "jobs: {a: {name: '${{ matrix.on }}', strategy: {matrix: {on: [{os: linux}]}}}}", "matrix.on is not a single value"},
		{"name that GitHub cuts", onPullRequest + "jobs: {a: {strategy: {matrix: {x: [" + strings.Repeat("x", 100) + "]}}}}", "GitHub cuts the name"},
		{"call of another repository", onPullRequest + "jobs: {a: {uses: acme/ci/.github/workflows/ci.yml@v1}}", "which is not in this project"},
		{"call of nothing", onPullRequest + "jobs: {a: {uses: ./.github/workflows/no.yml}}", "file does not exist"},
		{"call outside of the folder", onPullRequest + "jobs: {a: {uses: ./.github/workflows/../x.yml}}", "which is not in this project"},
		{"call of itself", onPullRequest + "jobs: {a: {uses: ./.github/workflows/ci.yml}}", "calls deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := workflow.Checks(project("ci.yml", tt.give))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), ".github/workflows/ci.yml") {
				t.Errorf("Checks(%q) = %q, %v, want an error with %q and the file", tt.give, got, err, tt.want)
			}
		})
	}
}

// TestChecksOfEveryProject writes out what main of each project requires.
func TestChecksOfEveryProject(t *testing.T) {
	want := map[int][]string{
		1: {"Format and lint", "Test on ubuntu-latest", "Test on macos-latest", "Test on windows-latest", "Coverage", "Build for every platform", "CI"},
		2: {"Format and lint", "Test with PostgreSQL", "Build and start the image", "CI"},
		3: {"Format and lint", "Test with real servers", "Build and start the image", "CI"},
		// The jobs of each service are skipped where nothing concerns them; the last one knows of all.
		4: {
			"What is concerned", "Format and lint", "Test everything and hold the coverage",
			"Build and start the images, and order something", "CI",
		},
	}
	c, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Combinations() {
		t.Run(c.ID(s), func(t *testing.T) {
			s, err := c.Resolve(s)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := c.Plan(s)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := generator.Render(templates.FS(), c, plan, "v0.0.0")
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			for _, f := range tree.Files() {
				fsys[f.Path] = &fstest.MapFile{Data: f.Data}
			}
			got, err := workflow.Checks(fsys)
			if err != nil {
				t.Fatalf("Checks() = %v", err)
			}
			if diff := cmp.Diff(want[s.Phase], got); diff != "" {
				t.Errorf("Checks() differs (-want +got):\n%s", diff)
			}
		})
	}
}
