package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/internal/cli"
	"github.com/phasekit/scaffold/internal/github/githubtest"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

// asScaffold makes the test binary a scaffold with a pace for tests: what is
// killed in a test has to be a process of its own.
const asScaffold = "TEST_BINARY_IS_SCAFFOLD"

func TestMain(m *testing.M) {
	if os.Getenv(asScaffold) == "" {
		os.Exit(m.Run())
	}
	app := &cli.App{
		Streams: ui.System(os.Getenv), Getenv: os.Getenv, Templates: templates.FS(),
		Build: cli.Build{Version: "v1.0.0"}, Pace: pace(patience),
	}
	os.Exit(app.Run(context.Background(), os.Args[1:]))
}

// process runs scaffold as a process of its own, which kill ends at once.
func (m machine) process(args ...string) (start func(), kill func(), wait func() error) {
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.CommandContext(m.t.Context(), self, args...)
	cmd.Stderr = m.t.Output()
	cmd.Env = append(os.Environ(), asScaffold+"=1")
	for name, value := range m.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	started := make(chan struct{})
	start = func() {
		if err := cmd.Start(); err != nil {
			m.t.Fatal(err)
		}
		close(started)
	}
	kill = func() {
		<-started
		_ = cmd.Process.Kill() // it may have ended by itself
	}
	return start, kill, cmd.Wait
}

// outcome is what publishing leaves behind.
type outcome struct {
	GitHub  []githubtest.Repository
	Project string
}

// repository is the git repository of the project demo: settings, references and
// files that are not committed.
func (m machine) repository(s *githubtest.Server) string {
	m.t.Helper()
	state := m.git("config", "--local", "--list") + "\n" +
		m.git("for-each-ref", "--format=%(refname) %(objectname)") + "\n" +
		m.git("status", "--porcelain=v2", "--branch", "--ignored")
	return strings.ReplaceAll(state, s.URL, "https://github.com/")
}

// TestEveryFault lets each request of publishing fail in each way, once in each
// run, and runs the command again: the end is always that of an undisturbed
// run, with nothing twice and nothing forced. Without the build tag e2e, each
// request fails in one of the ways.
func TestEveryFault(t *testing.T) {
	t.Run("checklist", func(t *testing.T) { everyFault(t, "checklist") })
	if e2e {
		t.Run("issues", func(t *testing.T) { everyFault(t, "issues") })
	}
}

func everyFault(t *testing.T, backlog string) {
	args := []string{"publish", "demo", "--yes", "--protect", "--backlog", backlog, "--topics", "go,cli"}
	m := newMachine(t, map[string]string{"GH_TOKEN": githubtest.Secret})
	m.must("new", "demo", "--phase", "1", "--owner", "octocat")

	// fresh is a server of its own, and a project as it was before publishing.
	fresh := func(t *testing.T) (*githubtest.Server, machine) {
		t.Helper()
		s := githubtest.Start(t, githubtest.Options{})
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, "demo"), os.DirFS(filepath.Join(m.dir, "demo"))); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		return s, machine{t: t, dir: dir, env: map[string]string{"GH_TOKEN": githubtest.Secret, "SCAFFOLD_API_URL": s.URL}}
	}
	server, here := fresh(t)
	here.must(args...)
	want := outcome{server.State(), here.repository(server)}
	requests := server.Requests()
	if len(requests) < 15 {
		t.Fatalf("publishing took %d requests: too few to be all", len(requests))
	}
	t.Logf("%d requests, of which %d write", len(requests), writes(server, 0))
	if origin := here.git("config", "remote.origin.url"); origin != server.URL+"octocat/demo.git" {
		t.Errorf("origin is %s", origin)
	}
	if here.must(args...); writes(server, len(requests)) > 0 {
		t.Fatalf("one more run wrote %d times", writes(server, len(requests)))
	}

	// check demands that a run without faults ends as the undisturbed one did, on
	// GitHub and in the project. One more run would then change nothing, as above.
	check := func(t *testing.T, s *githubtest.Server, m machine) {
		t.Helper()
		s.Fault(nil)
		m.must(args...)
		if diff := cmp.Diff(want, outcome{s.State(), m.repository(s)}); diff != "" {
			t.Errorf("state (-undisturbed +got):\n%s", diff)
		}
	}

	const unavailable = `{"message":"Server Error"}`
	faults := []struct {
		name  string
		fault githubtest.Fault
	}{
		{"fails", githubtest.Fault{Status: 500, Body: unavailable}},
		{"fails after it was carried out", githubtest.Fault{CarriedOut: true, Status: 502, Body: unavailable}},
		{"is cut", githubtest.Fault{Cut: true}},
		{"is cut after it was carried out", githubtest.Fault{CarriedOut: true, Cut: true}},
		{"is never answered", githubtest.Fault{CarriedOut: true, Hang: true}},
		{"meets the secondary limit", githubtest.Fault{Status: 403, Body: `{"message":"You have exceeded a secondary rate limit."}`}},
		{"meets 429", githubtest.Fault{Status: 429, Header: map[string]string{"Retry-After": "0"}, Body: `{"message":"slow down"}`}},
		{"meets abuse", githubtest.Fault{Status: 422, Body: `{"message":"Validation Failed","errors":[{"code":"abuse"}]}`}},
	}
	for i, f := range faults {
		if backlog == "issues" && !f.fault.CarriedOut {
			continue // what was not carried out is not the worse for more issues
		}
		t.Run(f.name, func(t *testing.T) {
			for k := 1; k <= len(requests); k++ {
				if !e2e && k%len(faults) != i {
					continue
				}
				t.Run(fmt.Sprintf("%d %s %s", k, requests[k-1].Method, filepath.Base(requests[k-1].Path)), func(t *testing.T) {
					s, m := fresh(t)
					s.Fault(at1(k, f.fault))
					impatient := m
					if f.fault.Hang {
						impatient.timeout = time.Second
					}
					impatient.run(nil, args...) // the command may fail, or succeed after its own retries
					check(t, s, m)
				})
			}
		})
	}
	if !e2e {
		return
	}
	t.Run("nothing goes any more", func(t *testing.T) {
		for k := 1; k <= len(requests) && backlog != "issues"; k++ { // as above
			t.Run(fmt.Sprint(k), func(t *testing.T) {
				s, m := fresh(t)
				s.Fault(func(r githubtest.Request) *githubtest.Fault {
					if r.N < k {
						return nil
					}
					return &githubtest.Fault{Status: 503, Body: unavailable}
				})
				if r := m.run(nil, args...); r.code != 1 {
					t.Errorf("exit %d, want 1\n%s", r.code, r.err)
				}
				check(t, s, m)
			})
		}
	})
	t.Run("the process is killed after it was carried out", func(t *testing.T) {
		for k := 1; k <= len(requests); k++ {
			t.Run(fmt.Sprint(k), func(t *testing.T) {
				s, m := fresh(t)
				start, kill, wait := m.process(args...)
				s.Fault(at1(k, githubtest.Fault{CarriedOut: true, Do: kill}))
				start()
				exit, ended := errors.AsType[*exec.ExitError](wait())
				if !ended || exit.Exited() {
					t.Errorf("the process was not killed: %v", exit)
				}
				check(t, s, m)
			})
		}
	})
}

// at1 is a fault of the k-th request and of no other.
func at1(k int, fault githubtest.Fault) func(githubtest.Request) *githubtest.Fault {
	var once sync.Once
	return func(r githubtest.Request) (f *githubtest.Fault) {
		if r.N == k {
			once.Do(func() { f = &fault })
		}
		return f
	}
}
