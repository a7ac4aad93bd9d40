package gitrepo

import (
	"context"
	"fmt"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/shell"
)

// Extent says how far a new project is taken into git.
type Extent string

// The extents. The zero value is Committed where that is possible.
const (
	NoRepository Extent = "none"
	Staged       Extent = "init" // a repository where every file is staged
	Committed    Extent = "commit"
)

// StartOptions describe the repository of a new project.
type StartOptions struct {
	Dir         string // holds the project's files
	Extent      Extent
	Message     string   // of the first commit
	Executables []string // paths in Dir
}

// Started says how far Start came.
type Started struct {
	Extent Extent
	Commit string // full hash; "" without a commit
	// Warning says why the project was not taken further, though that is no
	// failure; nil where there is nothing to say.
	Warning *generator.Error
}

// Start takes a new project into git. g is nil where git is not installed. Where
// no extent is asked for, a missing git, a repository around the project and a
// commit that git refuses are warnings. A missing identity always is one.
func Start(ctx context.Context, g *Git, o StartOptions) (Started, error) {
	none := Started{Extent: NoRepository}
	if o.Extent == NoRepository {
		return none, nil
	}
	if g == nil {
		if o.Extent != "" {
			return none, ErrNotInstalled
		}
		none.Warning = generator.Errorf("install git, then: "+shell.In(o.Dir, "git init && git add --all && git commit"),
			"git is not installed: the project is not under version control")
		return none, nil
	}
	if o.Extent == "" && g.Inside(ctx, o.Dir) {
		none.Warning = generator.Errorf("--git commit makes one all the same",
			"the folder is inside another git repository: no repository was made for it")
		return none, nil
	}
	if err := g.Init(ctx, o.Dir); err != nil {
		return none, err
	}
	if err := g.Stage(ctx, o.Dir, o.Executables); err != nil {
		return none, err
	}
	if o.Extent == Staged {
		return Started{Extent: Staged}, nil
	}
	return g.firstCommit(ctx, o)
}

// firstCommit commits the staged files.
func (g *Git) firstCommit(ctx context.Context, o StartOptions) (Started, error) {
	staged := Started{Extent: Staged}
	byHand := shell.In(o.Dir, fmt.Sprintf("git commit -m '%s'", o.Message))
	if !g.HasIdentity(ctx, o.Dir) {
		staged.Warning = generator.Errorf(
			"git config --global user.name 'Your Name' && git config --global user.email you@example.com && "+byHand,
			"git does not know who you are: the files are staged and not committed")
		return staged, ctx.Err()
	}
	hash, err := g.Commit(ctx, o.Dir, o.Message)
	switch {
	case err == nil:
		return Started{Extent: Committed, Commit: hash}, nil
	case ctx.Err() != nil || o.Extent == Committed:
		return staged, generator.WithHint(err, byHand)
	default: // the user's hook or signing key refused a commit that the user did not ask for
		staged.Warning = generator.Errorf(byHand, "the files are staged and not committed: %w", err)
		return staged, nil
	}
}
