package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/cli"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

// patience is how long most tests wait for an answer. The test server answers at
// once, but the machine may be busy.
const patience = 10 * time.Second

// pace returns a pace that only a test server allows. A request without an answer
// fails after the timeout.
func pace(timeout time.Duration) cli.Pace {
	return cli.Pace{
		Requests: github.Patience{BetweenWrites: time.Nanosecond, Backoff: time.Millisecond, Timeout: timeout},
		Retry:    time.Millisecond, Quiet: timeout, Poll: time.Millisecond, Appear: 20 * time.Millisecond,
	}
}

// ran is what came of a command.
type ran struct {
	code     int
	out, err string
}

// machine is a machine where git knows its user, and nothing else is set up.
type machine struct {
	t   *testing.T
	env map[string]string
	dir string

	timeout time.Duration // of a request; 0 means patience
}

func newMachine(t *testing.T, env map[string]string) machine {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": filepath.Join(home, ".gitconfig"),
		"GH_TOKEN": "", "GITHUB_TOKEN": "", "GH_HOST": "",
	} {
		t.Setenv(name, value)
	}
	config := "[user]\n\tname = Octo Cat\n\temail = octocat@example.com\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	return machine{t: t, env: env, dir: dir}
}

// run runs a command line, with more environment where it is given.
func (m machine) run(env map[string]string, args ...string) ran {
	m.t.Helper()
	return m.runContext(m.t.Context(), env, args...)
}

func (m machine) runContext(ctx context.Context, env map[string]string, args ...string) ran {
	m.t.Helper()
	all := maps.Clone(m.env)
	maps.Copy(all, env)
	var out, errOut bytes.Buffer
	app := &cli.App{
		Streams:   &ui.Streams{In: strings.NewReader(""), Out: &out, Err: &errOut},
		Getenv:    func(name string) string { return all[name] },
		Templates: templates.FS(),
		Build:     cli.Build{Version: "v1.0.0"},
		Pace:      pace(cmp.Or(m.timeout, patience)),
	}
	code := app.Run(ctx, args)
	return ran{code: code, out: out.String(), err: errOut.String()}
}

// must runs a command line that has to succeed and returns its results.
func (m machine) must(args ...string) ran {
	m.t.Helper()
	r := m.run(nil, args...)
	if r.code != 0 {
		m.t.Fatalf("scaffold %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

// published is the part of --json that tests look at.
type published struct {
	Repository struct{ Owner, Name, URL, Visibility string }
	Planned    []struct{ Kind, What string }
	Done       []struct{ Kind, What string }
	Warnings   []string
	APICalls   struct{ Planned, Made int }
}

func (p published) kinds() string {
	var kinds []string
	for _, a := range p.Done {
		if len(kinds) == 0 || kinds[len(kinds)-1] != a.Kind {
			kinds = append(kinds, a.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

func parse(t *testing.T, r ran) published {
	t.Helper()
	var p published
	if err := json.Unmarshal([]byte(r.out), &p); err != nil {
		t.Fatalf("no JSON: %v\n%s%s", err, r.out, r.err)
	}
	return p
}
