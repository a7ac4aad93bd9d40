package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Relation says how the history of a commit here relates to one on a server.
type Relation int

// The relations.
const (
	Same      Relation = iota
	Behind             // the server's commit is part of the history here
	Ahead              // the commit here is part of the server's history
	Diverged           // both have commits that the other has not
	Unrelated          // they share no commit
)

// Root returns the top folder of the work tree that dir is in, or "" where it is
// in none. A repository that git refuses to look at is an error.
func (g *Git) Root(ctx context.Context, dir string) (string, error) {
	out, err := g.command(ctx, dir, append(slices.Clone(g.env), "LC_ALL=C"), "rev-parse", "--show-toplevel").Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		said := strings.TrimSpace(string(exit.Stderr))
		if strings.Contains(said, "not a git repository") {
			return "", nil
		}
		return "", fmt.Errorf("git rev-parse: %s", said)
	}
	return filepath.FromSlash(strings.TrimSpace(string(out))), err
}

// Branch returns the full hash of a branch's newest commit, or "" where there is
// no such branch.
func (g *Git) Branch(ctx context.Context, dir, branch string) (string, error) {
	out, err := g.run(ctx, dir, "rev-parse", "--quiet", "--verify", "refs/heads/"+branch+"^{commit}")
	if err != nil {
		return "", ctx.Err()
	}
	return out, nil
}

// Changed reports whether the work tree has changes that are not committed.
func (g *Git) Changed(ctx context.Context, dir string) (bool, error) {
	out, err := g.run(ctx, dir, "status", "--porcelain")
	return out != "", err
}

// Has reports whether a commit is in the repository.
func (g *Git) Has(ctx context.Context, dir, commit string) bool {
	_, err := g.run(ctx, dir, "cat-file", "-e", commit+"^{commit}")
	return err == nil
}

// File returns a file's bytes in a commit; its error is ErrNoFile where the
// commit has none of that path.
func (g *Git) File(ctx context.Context, dir, commit, path string) ([]byte, error) {
	cmd := g.command(ctx, dir, g.env, "cat-file", "blob", commit+":"+path)
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w", path, ErrNoFile)
	}
	return out, nil
}

// HasFiles reports whether a commit has files in a folder, which is a path from
// dir.
func (g *Git) HasFiles(ctx context.Context, dir, commit, folder string) (bool, error) {
	out, err := g.run(ctx, dir, "ls-tree", "--name-only", commit, folder+"/")
	return out != "", err
}

// ErrNoFile is returned by File.
var ErrNoFile = errors.New("git: no such file in the commit")

// Relate compares two commits that are both in the repository.
func (g *Git) Relate(ctx context.Context, dir, here, there string) (Relation, error) {
	if here == there {
		return Same, nil
	}
	for _, try := range []struct {
		ancestor, of string
		relation     Relation
	}{{there, here, Behind}, {here, there, Ahead}} {
		ok, err := g.yes(ctx, dir, "merge-base", "--is-ancestor", try.ancestor, try.of)
		if err != nil {
			return 0, err
		}
		if ok {
			return try.relation, nil
		}
	}
	shared, err := g.yes(ctx, dir, "merge-base", here, there)
	if err != nil {
		return 0, err
	}
	if shared {
		return Diverged, nil
	}
	return Unrelated, nil
}

// yes runs a command that answers by its exit code, 0 or 1.
func (g *Git) yes(ctx context.Context, dir string, args ...string) (bool, error) {
	err := g.command(ctx, dir, g.env, args...).Run()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("git %s: %w", args[0], err)
	}
	return true, nil
}

// Origin returns the address of the remote called origin, as it is written in
// the repository's settings; "" where there is none.
func (g *Git) Origin(ctx context.Context, dir string) (string, error) {
	out, err := g.run(ctx, dir, "config", "--local", "--get", "remote.origin.url")
	if err != nil {
		return "", ctx.Err()
	}
	return out, nil
}

// SetOrigin makes address the remote called origin, of which there is none yet,
// and the upstream of a branch that has none. The remote comes last: where it
// is there, all is.
func (g *Git) SetOrigin(ctx context.Context, dir, address, branch string) error {
	upstream := "branch." + branch + ".remote"
	has, err := g.yes(ctx, dir, "config", "--local", "--get", upstream)
	if err != nil {
		return err
	}
	if !has {
		if _, err := g.run(ctx, dir, "config", "branch."+branch+".merge", "refs/heads/"+branch); err != nil {
			return err
		}
		if _, err := g.run(ctx, dir, "config", upstream, "origin"); err != nil {
			return err
		}
	}
	_, err = g.run(ctx, dir, "remote", "add", "origin", address)
	if err != nil {
		if there, _ := g.Origin(ctx, dir); there == address {
			return nil // somebody else was faster
		}
	}
	return err
}

// Track notes that origin's branch is at a commit, as git does after a push to
// a remote that it knows by name.
func (g *Git) Track(ctx context.Context, dir, branch, commit string) error {
	_, err := g.run(ctx, dir, "update-ref", "refs/remotes/origin/"+branch, commit)
	return err
}
