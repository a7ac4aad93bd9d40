package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/github/githubtest"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

// answers is an asker that knows what it will be asked, and notes each question
// with its default.
type answers struct {
	t     *testing.T
	give  map[string]string
	asked []string
}

func (a *answers) Select(_ context.Context, question string, options []ask.Option) (string, error) {
	a.asked = append(a.asked, question)
	if give, ok := a.give[question]; ok {
		return give, nil
	}
	return options[0].Value, nil
}

func (a *answers) Input(_ context.Context, question, byDefault string, validate func(string) error) (string, error) {
	a.asked = append(a.asked, question+" ("+byDefault+")")
	give, ok := a.give[question]
	if !ok {
		give = byDefault
	}
	if err := validate(give); err != nil {
		a.t.Errorf("%s refuses %q: %v", question, give, err)
	}
	return give, nil
}

func TestInterview(t *testing.T) {
	const (
		phase    = "Which phase of the roadmap?"
		language = "In which language are README and docs?"
		name     = "What is it called?"
		module   = "Which Go module path?"
	)
	tests := []struct {
		name  string
		spec  generator.Spec
		dir   string
		give  map[string]string
		asked []string
		want  generator.Spec
	}{
		{
			"everything", generator.Spec{Owner: "acme"}, "",
			map[string]string{language: "id", name: "kabar"},
			[]string{phase, language, name + " (crypto-price)", module + " (github.com/acme/kabar)"},
			generator.Spec{Phase: 1, Choices: map[string]string{"lang": "id"}, Owner: "acme", Name: "kabar", Module: "github.com/acme/kabar"},
		},
		{
			"what flags leave open", generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}, Name: "kabar"}, "",
			nil,
			[]string{module + " (kabar)"},
			generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}, Name: "kabar", Module: "kabar"},
		},
		{
			"the folder's name", generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}}, "some/prices",
			nil,
			[]string{module + " (prices)"},
			generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}, Name: "prices", Module: "prices"},
		},
		{
			"nothing", generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}, Module: "example.org/prices"}, "",
			nil, nil,
			generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en"}, Name: "prices", Module: "example.org/prices"},
		},
	}
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := &answers{t: t, give: tt.give}
			asked, err := interview(t.Context(), q, catalog, tt.dir, &tt.spec)
			if err != nil {
				t.Fatalf("interview() = %v", err)
			}
			if asked != (len(tt.asked) > 0) {
				t.Errorf("interview() says asked = %t after %d questions", asked, len(q.asked))
			}
			if diff := cmp.Diff(tt.asked, q.asked); diff != "" {
				t.Errorf("questions differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, tt.spec); diff != "" {
				t.Errorf("answers differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInterviewRefusesBeforeAsking keeps people from typing answers in vain.
func TestInterviewRefusesBeforeAsking(t *testing.T) {
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	q := &answers{t: t}
	spec := generator.Spec{Phase: 1, Choices: map[string]string{"lang": "en", "framework": "gin"}}
	if _, err := interview(t.Context(), q, catalog, "", &spec); err == nil || len(q.asked) > 0 {
		t.Errorf("interview() = %v after %q, want an error before any question", err, q.asked)
	}
}

func TestInterviewPublish(t *testing.T) {
	const noOrganizations = "gho_no_organizations"
	s := githubtest.Start(t, githubtest.Options{Tokens: map[string]githubtest.Token{
		githubtest.Secret: {Login: "octocat", Scopes: []string{"repo", "workflow", "read:org"}},
		noOrganizations:   {Login: "octocat", Scopes: []string{"repo", "workflow"}},
	}})
	const publish, whose = "Publish it on GitHub?", "Whose is it?"
	for _, tt := range []struct {
		name   string
		token  string
		give   map[string]string
		asked  []string
		module string
		want   *publishFlags
		warned string
	}{
		{name: "no", token: githubtest.Secret, asked: []string{publish}, module: "github.com/hubot/demo"},
		{
			name: "public, of the user", token: githubtest.Secret, give: map[string]string{publish: "public"}, asked: []string{publish, whose},
			module: "github.com/octocat/demo", want: &publishFlags{owner: "octocat", public: true, backlog: "checklist"},
		},
		{
			name: "private, of the organisation", token: githubtest.Secret, give: map[string]string{publish: "private", whose: "acme"}, asked: []string{publish, whose},
			module: "github.com/acme/demo", want: &publishFlags{owner: "acme", private: true, backlog: "checklist"},
		},
		{
			name: "organisations that are not shown", token: noOrganizations, give: map[string]string{publish: "public"}, asked: []string{publish},
			module: "github.com/octocat/demo", want: &publishFlags{owner: "octocat", public: true, backlog: "checklist"},
		},
		{
			name: "a token that is not accepted", token: "gho_wrong", give: map[string]string{publish: "public"}, asked: []string{publish},
			module: "github.com/hubot/demo", warned: "it stays on this machine",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var errOut bytes.Buffer
			env := map[string]string{"SCAFFOLD_API_URL": s.URL, "GH_TOKEN": tt.token}
			a := &App{Streams: &ui.Streams{Err: &errOut}, Getenv: func(name string) string { return env[name] }}
			q := &answers{t: t, give: tt.give}
			spec := generator.Spec{Name: "demo", Owner: "hubot", Module: "github.com/hubot/demo"}
			got, err := a.interviewPublish(t.Context(), q, nil, &spec)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.asked, q.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(publishFlags{})); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
			if spec.Module != tt.module {
				t.Errorf("module = %s, want %s", spec.Module, tt.module)
			}
			if !strings.Contains(errOut.String(), tt.warned) || tt.warned == "" && errOut.Len() > 0 {
				t.Errorf("said %q, want %q", errOut.String(), tt.warned)
			}
		})
	}
}
