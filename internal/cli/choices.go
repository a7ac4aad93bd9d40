package cli

import (
	"context"
	"path/filepath"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/gh"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/presets"
)

// choices are what flags, preset, settings and answers come to.
type choices struct {
	spec    generator.Spec // resolved
	git     gitrepo.Extent
	publish *publishFlags // nil where the project stays on this machine
	asked   bool          // whether there was any question
}

// choose gathers the choices. Where prompter is nil nothing is asked.
func (o *newOptions) choose(ctx context.Context, git *gitrepo.Git, prompter *ask.Prompter) (choices, error) {
	c := choices{git: gitrepo.Extent(o.git)}
	if o.publish {
		c.git, c.publish = gitrepo.Committed, &o.publishFlags
	}
	preset, err := presets.Merge(o.catalog, o.preset, o.flags)
	if err != nil {
		return c, err
	}
	c.spec = preset.Spec
	if o.publish && c.spec.Owner == "" && c.spec.Module == "" {
		config, err := o.app.publishConfig(o.catalog, o.publishFlags.host)
		if err != nil {
			return c, err
		}
		c.spec.Owner, _ = publish.Viewer(ctx, config) // publishing reports the error
	}
	if err := detect(ctx, git, &c.spec); err != nil {
		return c, err
	}
	if prompter != nil {
		if c.asked, err = interview(ctx, prompter, o.catalog, o.dir, &c.spec); err != nil {
			return c, preset.Locate(err)
		}
	}
	if c.asked && c.publish == nil && !o.dryRun && (c.git == "" || c.git == gitrepo.Committed) {
		if c.publish, err = o.app.interviewPublish(ctx, prompter, o.catalog, &c.spec); err != nil {
			return c, err
		}
		if c.publish != nil {
			c.git = gitrepo.Committed
		}
	}
	if c.spec.Phase == 0 {
		return c, usageError("for example: scaffold new --phase 1", "--phase is missing: which phase of the roadmap?")
	}
	nameFromContext(o.dir, &c.spec)
	c.spec, err = o.catalog.Resolve(c.spec)
	return c, preset.Locate(err)
}

// detect fills owner and author from the user's settings of git and gh. A value
// that the project cannot have is ignored.
func detect(ctx context.Context, git *gitrepo.Git, spec *generator.Spec) error {
	wantOwner := spec.Owner == "" && spec.Module == ""
	if !wantOwner && spec.Author != "" {
		return nil
	}
	var settings gitrepo.Settings
	if git != nil {
		var err error
		if settings, err = git.Settings(ctx); err != nil {
			return err
		}
	}
	if wantOwner {
		owner := settings.GitHubUser
		if owner == "" {
			owner = gh.User(ctx)
		}
		if generator.ValidOwner(owner) {
			spec.Owner = owner
		}
	}
	if spec.Author == "" && generator.ValidAuthor(settings.UserName) {
		spec.Author = settings.UserName
	}
	return ctx.Err()
}

// nameFromContext names the project after its module, as `go install` and its
// repository would, or else after its folder. A module's last part that is no
// valid name, as in example.com/Shop, is turned into one. A folder's name is not:
// the user has to choose another.
func nameFromContext(dir string, spec *generator.Spec) {
	if spec.Name == "" && spec.Module != "" {
		spec.Name = generator.Slug(generator.NameOf(spec.Module))
	}
	if spec.Name == "" && dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			spec.Name = filepath.Base(abs)
		}
	}
}
