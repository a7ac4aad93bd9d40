package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/roadmap"
	"github.com/phasekit/scaffold/internal/shell"
)

// Project is what is on disk.
type Project struct {
	Dir    string
	Commit string // full hash of Branch
	Origin string // the address of the remote origin; "" where there is none
	Lock   generator.Lock
	// Workflows reports whether it has workflows, for which a token needs a scope
	// of its own.
	Workflows bool
	// Changed reports whether the work tree has changes that are not committed.
	Changed bool
	Roadmap roadmap.Roadmap
}

// readProject reads the project in dir, as it was committed on Branch. Which
// branch is checked out does not matter.
func readProject(ctx context.Context, c Config, dir string) (Project, error) {
	p := Project{Dir: dir}
	if _, err := os.Stat(filepath.Join(dir, generator.LockFile)); err != nil {
		return p, generator.Errorf("scaffold publish DIR names one, scaffold new makes one",
			"%s holds no project that scaffold made: it has no %s", dir, generator.LockFile)
	}
	if err := p.readCommit(ctx, c.Git); err != nil {
		return p, err
	}
	if err := p.readLock(ctx, c); err != nil {
		return p, err
	}
	var err error
	if p.Workflows, err = c.Git.HasFiles(ctx, dir, p.Commit, ".github/workflows"); err != nil {
		return p, err
	}
	p.Changed, err = c.Git.Changed(ctx, dir)
	return p, err
}

// readCommit finds the commit of Branch, and refuses a folder that is not the
// top of a repository of its own.
func (p *Project) readCommit(ctx context.Context, git *gitrepo.Git) error {
	byHand := shell.In(p.Dir, "git init && git checkout -b "+Branch+" && git add --all && git commit -m 'feat: first version'")
	root, err := git.Root(ctx, p.Dir)
	if err != nil {
		return err
	}
	if root == "" {
		return generator.Errorf(byHand, "%s is no git repository", p.Dir)
	}
	if !sameFolder(root, p.Dir) {
		return generator.Errorf(byHand, "%s is part of the git repository %s, and has none of its own", p.Dir, root)
	}
	if p.Commit, err = git.Branch(ctx, p.Dir, Branch); err != nil {
		return err
	}
	if p.Commit == "" {
		return generator.Errorf("commit first; git branch -m "+Branch+" renames the branch that you are on",
			"%s has no commit on a branch %s", p.Dir, Branch)
	}
	p.Origin, err = git.Origin(ctx, p.Dir)
	return err
}

func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// readLock reads and resolves the choices that the project was made from.
func (p *Project) readLock(ctx context.Context, c Config) error {
	lock, err := c.Git.File(ctx, p.Dir, p.Commit, generator.LockFile)
	if errors.Is(err, gitrepo.ErrNoFile) {
		return generator.Errorf(shell.In(p.Dir, "git add --all && git commit"), "%s is not committed on %s", generator.LockFile, Branch)
	}
	if err != nil {
		return err
	}
	if p.Lock, err = c.Catalog.ParseLock(lock); err != nil {
		return err
	}
	if p.Lock.Spec, err = c.Catalog.Resolve(p.Lock.Spec); err != nil {
		return fmt.Errorf("%s: %w", generator.LockFile, err)
	}
	return nil
}
