package publish

import (
	"errors"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/roadmap"
	"github.com/phasekit/scaffold/templates"
)

// publisher has a project with two labels, and a stage of two weeks and one of
// one.
func publisher(t *testing.T, wish Wish) *Publisher {
	t.Helper()
	host, err := github.ParseHost(github.DefaultHost, "")
	if err != nil {
		t.Fatal(err)
	}
	if wish.Backlog == "" {
		wish.Backlog = NoBacklog
	}
	wish.Name = "demo"
	octocat := github.Account{Login: "octocat", Plan: "free"}
	return &Publisher{
		Config: Config{Host: host},
		GitHub: github.New(host, "", github.Patience{}),
		Project: Project{
			Commit: "c0ffee", Origin: "https://github.com/octocat/demo.git",
			Lock: generator.Lock{Spec: generator.Spec{Phase: 2}}, Workflows: true,
			Roadmap: roadmap.Roadmap{
				Title:  "Roadmap",
				Labels: []roadmap.Label{{Name: "reading"}, {Name: "testing"}},
				Stages: []roadmap.Stage{
					{Title: "Understand", Weeks: []roadmap.Week{{Number: 1, Name: "Week", Title: "read", Label: "reading"}, {Number: 2, Name: "Week", Title: "break", Label: "testing"}}},
					{Title: "Show", Weeks: []roadmap.Week{{Number: 3, Name: "Week", Title: "show", Label: "reading"}}},
				},
			},
		},
		Wish: wish, viewer: &octocat, owner: &octocat,
	}
}

func there(history history) state {
	return state{
		repository: &github.Repository{
			Owner: "octocat", Name: "demo", CanPush: true, CanAdminister: true,
			CloneURL: "https://github.com/octocat/demo.git", WebURL: "https://github.com/octocat/demo",
		},
		history: history, gate: true,
	}
}

func kinds(plan Plan) string {
	var all []string
	for _, a := range plan.Actions {
		all = append(all, string(a.Kind))
	}
	return strings.Join(all, " ")
}

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		name   string
		wish   Wish
		state  state
		mend   func(*Publisher, *state)
		want   string // kinds of the actions
		warned string // in the one warning; "" for none
	}{
		{name: "nothing is left", state: there(same)},
		{name: "an empty repository is filled", state: there(empty), want: "push"},
		{name: "new commits are pushed", state: there(behind), want: "push"},
		{name: "commits that are not here stay there", state: there(ahead), warned: "git pull"},
		{
			name: "the remote is remembered", state: there(same),
			mend: func(p *Publisher, _ *state) { p.Project.Origin = "" }, want: "origin",
		},
		{
			name: "a new one, with everything", wish: Wish{Backlog: Issues, Protect: true, Topics: []string{"go"}, Homepage: "https://example.com"},
			mend: func(p *Publisher, s *state) { p.Project.Origin, s.gate = "", true },
			want: "create push origin topics label label milestone milestone issue issue issue protect",
		},
		{
			name: "a description that somebody wrote stays", wish: Wish{Description: "ours", Homepage: "https://ours.example.com"}, state: there(same),
			mend: func(_ *Publisher, s *state) {
				s.repository.Description, s.repository.Homepage = "theirs", "https://theirs.example.com"
			},
		},
		{
			name: "unless another one is asked for", wish: Wish{Description: "ours", Redescribe: true}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.Description = "theirs" }, want: "describe",
		},
		{
			name: "a private repository gets no public homepage", wish: Wish{Homepage: "https://pkg.go.dev/x"}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.Private = true },
		},
		{
			name: "topics that somebody chose stay", wish: Wish{Topics: []string{"go", "cli"}}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.Topics = []string{"mine"} },
		},
		{
			name: "topics that are asked for are added", wish: Wish{Topics: []string{"go", "cli"}, Retopic: true}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.Topics = []string{"mine", "go"} }, want: "topics",
		},
		{
			name: "more topics than GitHub takes", wish: Wish{Topics: []string{"one-more"}, Retopic: true}, state: there(same),
			mend: func(_ *Publisher, s *state) {
				for c := range 20 {
					s.repository.Topics = append(s.repository.Topics, string(rune('a'+c)))
				}
			},
			warned: "one-more",
		},
		{
			name: "labels differ by more than case", wish: Wish{Backlog: Checklist}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.labels = []github.Label{{Name: "Reading"}} }, want: "label issue",
		},
		{
			name: "issues are known by their mark", wish: Wish{Backlog: Issues}, state: there(same),
			mend: func(_ *Publisher, s *state) {
				s.labels = []github.Label{{Name: "reading"}, {Name: "testing"}}
				s.milestones = []github.Milestone{{Title: "Understand", Number: 1}}
				s.issues = []github.Issue{{Title: "renamed", Body: "text\n<!-- phase 2: week 1 -->"}, {Title: "Week 3: show", Body: "the mark is gone"}}
			},
			want: "milestone issue",
		},
		{
			name: "another phase's mark", wish: Wish{Backlog: Checklist}, state: there(same),
			mend: func(_ *Publisher, s *state) {
				s.labels = []github.Label{{Name: "reading"}, {Name: "testing"}}
				s.issues = []github.Issue{{Title: "old", Body: "<!-- phase 1: checklist -->"}}
			},
			want: "issue",
		},
		{
			name: "issues are turned off", wish: Wish{Backlog: Issues}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.NoIssues = true }, warned: "issues turned off",
		},
		{name: "protected", wish: Wish{Protect: true}, state: there(same), want: "protect"},
		{
			name: "protected as wished", wish: Wish{Protect: true}, state: there(same),
			mend: func(_ *Publisher, s *state) {
				s.protection = protection{there: true, checks: []string{"more", Gate}}
			},
		},
		{
			name: "protected otherwise", wish: Wish{Protect: true}, state: there(same),
			mend:   func(_ *Publisher, s *state) { s.protection = protection{there: true, checks: []string{"lint"}} },
			warned: "does not require CI",
		},
		{
			name: "protection that is known to cost", wish: Wish{Protect: true}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.Private = true }, warned: "paid plan",
		},
		{
			name: "protection that turns out to cost", wish: Wish{Protect: true}, state: there(same),
			mend: func(p *Publisher, s *state) { p.owner.Plan, s.protection.unpaid = "", true }, warned: "paid plan",
		},
		{
			name: "protection takes an administrator", wish: Wish{Protect: true}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.repository.CanAdminister = false }, warned: "administrator",
		},
		{
			name: "visibility is not changed", wish: Wish{Visibility: Private}, state: there(same), warned: "is public and stays so",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := publisher(t, tt.wish)
			if tt.mend != nil {
				tt.mend(p, &tt.state)
			}
			plan, err := p.compare(tt.state)
			if err != nil {
				t.Fatal(err)
			}
			if got := kinds(plan); got != tt.want {
				t.Errorf("actions: %s, want %s", got, tt.want)
			}
			warnings := strings.Join(plan.Warnings, "\n")
			if !strings.Contains(warnings, tt.warned) || tt.warned == "" && warnings != "" {
				t.Errorf("warnings: %q, want one with %q", plan.Warnings, tt.warned)
			}
			if certain := len(plan.Actions); tt.state.repository != nil && plan.Certain != certain || tt.state.repository == nil && plan.Certain != 1 {
				t.Errorf("%d of %d actions are certain", plan.Certain, certain)
			}
		})
	}
}

func TestPlanRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wish  Wish
		state state
		mend  func(*Publisher, *state)
		want  string
	}{
		{name: "somebody else's project", state: there(foreign), want: "holds something else"},
		{name: "diverged", state: there(diverged), want: "commits that the other has not"},
		{name: "archived", state: there(same), mend: func(_ *Publisher, s *state) { s.repository.Archived = true }, want: "archived"},
		{name: "read only", state: there(same), mend: func(_ *Publisher, s *state) { s.repository.CanPush = false }, want: "may not push"},
		{
			name: "protection without the check that it requires", wish: Wish{Protect: true}, state: there(same),
			mend: func(_ *Publisher, s *state) { s.gate = false }, want: "ci.yml on main has no job named CI",
		},
		{name: "a new one without that check", wish: Wish{Protect: true}, want: "ci.yml on main has no job named CI"},
		{
			name: "another user's account",
			mend: func(p *Publisher, _ *state) { p.owner = &github.Account{Login: "hubot"} }, want: "hubot is another user",
		},
		{
			name: "an organisation that allows no public repositories",
			mend: func(p *Publisher, _ *state) {
				p.owner = &github.Account{Login: "acme", Organization: true}
				p.owner.CannotCreate.Public = true
			},
			want: "may not make public repositories",
		},
		{
			name: "a plan without more private repositories", wish: Wish{Visibility: Private},
			mend: func(p *Publisher, _ *state) { p.owner.CannotCreate.Private = true }, want: "another private repository",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := publisher(t, tt.wish)
			if tt.mend != nil {
				tt.mend(p, &tt.state)
			}
			_, err := p.compare(tt.state)
			problem, ok := errors.AsType[*generator.Error](err)
			if !ok || !strings.Contains(err.Error(), tt.want) || problem.Hint == "" {
				t.Errorf("compare() = %v, want an error with %q and a hint", err, tt.want)
			}
		})
	}
}

func TestMissingScopes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		scopes github.Scopes
		wish   Wish
		want   string
	}{
		{"all", github.Scopes{Known: true, Names: []string{"repo", "workflow"}}, Wish{Visibility: Private}, ""},
		{"fine-grained", github.Scopes{}, Wish{}, ""},
		{"none", github.Scopes{Known: true}, Wish{}, "repo workflow"},
		{"public is enough", github.Scopes{Known: true, Names: []string{"public_repo", "workflow"}}, Wish{}, ""},
		{"public is not enough", github.Scopes{Known: true, Names: []string{"public_repo", "workflow"}}, Wish{Visibility: Private}, "repo"},
		{"no workflow", github.Scopes{Known: true, Names: []string{"repo"}}, Wish{}, "workflow"},
	} {
		if got := strings.Join(publisher(t, tt.wish).missingScopes(tt.scopes), " "); got != tt.want {
			t.Errorf("%s: missing %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOurs(t *testing.T) {
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	p := publisher(t, Wish{})
	p.Catalog = catalog
	p.Project.Lock.Spec = generator.Spec{Phase: 2, Name: "demo", Module: "github.com/octocat/demo"}
	const ours = "version: v0.9.0\nphase: 2\nframework: echo\nname: demo\nmodule: github.com/octocat/demo\n"
	for _, tt := range []struct {
		name, lock string
		want       bool
	}{
		{"ours, by another version", ours, true},
		{"another phase", strings.Replace(ours, "phase: 2", "phase: 1", 1), false},
		{"another name", strings.Replace(ours, "name: demo", "name: other", 1), false},
		{"another module", strings.Replace(ours, "octocat/demo", "hubot/demo", 1), false},
		{"no lock", "hello: [", false},
	} {
		if got := p.ours([]byte(tt.lock)); got != tt.want {
			t.Errorf("%s: ours() = %t, want %t", tt.name, got, tt.want)
		}
	}
}
