package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/roadmap"
)

// readProject reads what is to be published: the project in opts.dir, as it was
// committed on main.
func readProject(ctx context.Context, a *App, catalog *generator.Catalog, git *gitrepo.Git, opts *publishOptions) (publish.Project, error) {
	p := publish.Project{Dir: opts.dir}
	if _, err := os.Stat(filepath.Join(opts.dir, generator.LockFile)); err != nil {
		return p, &hinted{
			err:  fmt.Errorf("%s holds no project that scaffold made: it has no %s", opts.dir, generator.LockFile),
			hint: "scaffold publish DIR names one, scaffold new makes one",
		}
	}
	if err := readCommit(ctx, git, &p); err != nil {
		return p, err
	}
	lock, err := git.File(ctx, p.Dir, p.Commit, generator.LockFile)
	if errors.Is(err, gitrepo.ErrNoFile) {
		return p, &hinted{err: fmt.Errorf("%s is not committed on %s", generator.LockFile, publish.Branch), hint: inDir(p.Dir, "git add --all && git commit")}
	}
	if err != nil {
		return p, err
	}
	if p.Lock, err = catalog.ParseLock(lock); err != nil {
		return p, err
	}
	if p.Workflows, err = git.HasFiles(ctx, p.Dir, p.Commit, ".github/workflows"); err != nil {
		return p, err
	}
	if p.Lock.Spec, err = catalog.Resolve(p.Lock.Spec); err != nil {
		return p, fmt.Errorf("%s: %w", generator.LockFile, err)
	}
	if changed, err := git.Changed(ctx, p.Dir); err != nil {
		return p, err
	} else if changed {
		a.Streams.Warn("what is not committed is not published", "")
	}
	err = readPlans(a, opts, &p)
	return p, err
}

// readCommit finds the commit of main, and refuses a folder that is not the top
// of a repository of its own.
func readCommit(ctx context.Context, git *gitrepo.Git, p *publish.Project) error {
	byHand := inDir(p.Dir, "git init && git checkout -b "+publish.Branch+" && git add --all && git commit -m 'feat: first version'")
	root, err := git.Root(ctx, p.Dir)
	if err != nil {
		return err
	}
	if root == "" {
		return &hinted{err: fmt.Errorf("%s is no git repository", p.Dir), hint: byHand}
	}
	if !sameFolder(root, p.Dir) {
		return &hinted{err: fmt.Errorf("%s is part of the git repository %s, and has none of its own", p.Dir, root), hint: byHand}
	}
	if p.Commit, err = git.Branch(ctx, p.Dir, publish.Branch); err != nil {
		return err
	}
	if p.Commit == "" {
		return &hinted{
			err:  fmt.Errorf("%s has no commit on a branch %s", p.Dir, publish.Branch),
			hint: "commit first; git branch -m " + publish.Branch + " renames the branch that you are on",
		}
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

// readPlans reads what the backlog and the protection are made from.
func readPlans(a *App, opts *publishOptions, p *publish.Project) error {
	spec := p.Lock.Spec
	if opts.backlog != string(publish.NoBacklog) {
		var err error
		if p.Roadmap, err = roadmap.Load(a.Templates, spec.Phase, spec.Choices["lang"]); err != nil {
			return err
		}
	}
	return nil
}

// wishFor says what the repository shall be: as flags say, or else as the remote
// origin does, or else as the project was made.
func wishFor(host github.Host, catalog *generator.Catalog, p publish.Project, opts *publishOptions) (publish.Wish, error) {
	spec := p.Lock.Spec
	repository := ""
	if host.Name == github.DefaultHost || !strings.HasPrefix(spec.Module, github.DefaultHost+"/") {
		repository = spec.Repository()
	}
	owner, name, _ := strings.Cut(repository, "/")
	if p.Origin != "" {
		var ok bool
		if owner, name, ok = repositoryAt(host, p.Origin); !ok {
			return publish.Wish{}, &hinted{
				err:  fmt.Errorf("the remote origin is not on %s", host.Name),
				hint: inDir(p.Dir, "git remote rename origin elsewhere"),
			}
		}
		if opts.owner != "" && !strings.EqualFold(opts.owner, owner) || opts.name != "" && !strings.EqualFold(opts.name, name) {
			return publish.Wish{}, &hinted{
				err:  fmt.Errorf("the remote origin is %s/%s already", owner, name),
				hint: "leave --owner and --name out, or: " + inDir(p.Dir, "git remote rename origin elsewhere"),
			}
		}
	}
	w := publish.Wish{
		Owner: cmp.Or(opts.owner, owner, spec.Owner), Name: cmp.Or(opts.name, name, spec.Name),
		Description: cmp.Or(opts.description, spec.Description), Redescribe: opts.description != "",
		Topics: opts.topics, Retopic: len(opts.topics) > 0, Protect: opts.protect, Backlog: publish.Backlog(opts.backlog),
	}
	if len(w.Topics) == 0 {
		w.Topics = catalog.Topics(spec)
	}
	switch {
	case opts.private:
		w.Visibility = publish.Private
	case opts.public:
		w.Visibility = publish.Public
	}
	if strings.HasPrefix(spec.Module, github.DefaultHost+"/") && strings.EqualFold(spec.Module, github.DefaultHost+"/"+w.Owner+"/"+w.Name) {
		w.Homepage = "https://pkg.go.dev/" + spec.Module
	}
	return w, nil
}

// repositoryAt reads owner and name from a remote's address on host, in any of
// the ways in which git writes one.
func repositoryAt(host github.Host, address string) (owner, name string, ok bool) {
	if !strings.Contains(address, "://") { // user@host:path
		at, path, _ := strings.Cut(address, ":")
		address = "ssh://" + at + "/" + path
	}
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, host.Web.Host) && !strings.EqualFold(u.Hostname(), host.Web.Hostname()) {
		return "", "", false
	}
	owner, name, ok = strings.Cut(strings.Trim(u.Path, "/"), "/")
	return owner, strings.TrimSuffix(name, ".git"), ok && !strings.Contains(name, "/")
}
