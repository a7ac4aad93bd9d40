package cli

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/ui"
)

// asker is what an interview needs of a terminal.
type asker interface {
	Select(ctx context.Context, question string, options []ask.Option) (string, error)
	Input(ctx context.Context, question, byDefault string, validate func(string) error) (string, error)
}

// interview asks for what spec leaves open, in the order phase, axes, name,
// module, and reports whether it asked anything. An axis with one value is no
// question.
func interview(ctx context.Context, q asker, c *generator.Catalog, dir string, spec *generator.Spec) (asked bool, err error) {
	if spec.Phase == 0 {
		asked = true
		if spec.Phase, err = askPhase(ctx, q, c); err != nil {
			return asked, err
		}
	}
	phase, ok := c.Phase(spec.Phase)
	if !ok {
		return asked, nil // Resolve has the words for it
	}
	// Wrong flags and a folder's wrong name are refused before anybody answers.
	probe := *spec
	nameFromContext(dir, &probe)
	if _, err := c.Resolve(probe); err != nil {
		return asked, err
	}
	for _, axis := range c.AxesOf(phase) {
		if spec.Choices[axis.Name] != "" || len(axis.Values) == 1 {
			continue
		}
		asked = true
		var options []ask.Option
		for _, v := range axis.Values {
			options = append(options, ask.Option{Value: v.Name, Title: v.Title})
		}
		value, err := q.Select(ctx, axis.Question, options)
		if err != nil {
			return asked, err
		}
		if err := c.Set(spec, axis.Name, value); err != nil {
			return asked, err
		}
	}
	nameFromContext(dir, spec)
	defaults, err := c.Resolve(*spec)
	if err != nil {
		return asked, err
	}
	if spec.Name == "" {
		asked = true
		if spec.Name, err = q.Input(ctx, "What is it called?", defaults.Name, func(name string) error {
			if err := tryField(c, *spec, "name", name); err != nil {
				return err
			}
			return generator.CheckTarget(cmp.Or(dir, name))
		}); err != nil {
			return asked, err
		}
	}
	if spec.Module == "" {
		asked = true
		byDefault := generator.DefaultModule(defaults.Owner, spec.Name)
		spec.Module, err = q.Input(ctx, "Which Go module path?", byDefault, func(module string) error {
			return tryField(c, *spec, "module", module)
		})
	}
	return asked, err
}

func askPhase(ctx context.Context, q asker, c *generator.Catalog) (int, error) {
	var options []ask.Option
	for _, p := range c.Phases {
		options = append(options, ask.Option{Value: strconv.Itoa(p.Number), Title: p.Title})
	}
	answer, err := q.Select(ctx, "Which phase of the roadmap?", options)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// interviewPublish asks whether to publish, who shall see it, and, where the
// user is in organisations, which account shall own it. It returns nil where the
// project stays on this machine, as it does without a token.
func (a *App) interviewPublish(ctx context.Context, q asker, catalog *generator.Catalog, spec *generator.Spec) (*publishFlags, error) {
	answer, err := q.Select(ctx, "Publish it on GitHub?", []ask.Option{
		{Value: "no", Title: "keep it on this machine"},
		{Value: string(publish.Public), Title: "everybody sees it"},
		{Value: string(publish.Private), Title: "only you and those you invite see it"},
	})
	if err != nil || answer == "no" {
		return nil, err
	}
	var owners []string
	config, err := a.publishConfig(catalog, "")
	if err == nil {
		owners, err = publish.Owners(ctx, config)
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		a.Streams.Warn("it stays on this machine: "+err.Error(), hintOf(err))
		return nil, nil
	}
	owner := owners[0]
	if len(owners) > 1 {
		var options []ask.Option
		for _, o := range owners {
			options = append(options, ask.Option{Value: o})
		}
		if owner, err = q.Select(ctx, "Whose is it?", options); err != nil {
			return nil, err
		}
	}
	if spec.Module == generator.DefaultModule(spec.Owner, spec.Name) {
		spec.Module = generator.DefaultModule(owner, spec.Name)
	}
	spec.Owner = owner
	return &publishFlags{
		owner: owner, backlog: string(publish.Checklist),
		public: answer == string(publish.Public), private: answer == string(publish.Private),
	}, nil
}

// tryField reports what would be wrong with spec if field had that value. A name
// answers for the module that is derived from it.
func tryField(c *generator.Catalog, spec generator.Spec, field, value string) error {
	if err := c.Set(&spec, field, value); err != nil {
		return err
	}
	_, err := c.Resolve(spec)
	if problem, ok := errors.AsType[*generator.Error](err); ok {
		if problem.Field == field || problem.Field == "module" && spec.Module == "" {
			return problem
		}
	}
	return nil
}

// summarise shows what is about to be written, and published.
func summarise(s *ui.Streams, c *generator.Catalog, chosen choices, dir string, files int) {
	spec := chosen.spec
	row := func(key, value string) { s.Say("  %s %s", s.Paint(ui.Faint, pad(key)), value) }
	phase, _ := c.Phase(spec.Phase) // Resolve has accepted it
	s.Say("")
	row("phase", strconv.Itoa(spec.Phase)+", "+phase.Title)
	for _, axis := range c.AxesOf(phase) {
		row(axis.Name, spec.Choices[axis.Name])
	}
	row("name", spec.Name)
	row("module", spec.Module)
	row("owner", cmp.Or(spec.Owner, "not known: no badges and no CODEOWNERS"))
	row("author", spec.Author)
	row("folder", dir+", "+count(files, "file"))
	if chosen.publish != nil {
		seenBy := publish.Public
		if chosen.publish.private {
			seenBy = publish.Private
		}
		row("publish", "on GitHub, "+string(seenBy))
	}
	s.Say("")
}
