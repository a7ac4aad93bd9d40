// Package gitrepo runs git. No other package does.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/internal/token"
)

// ErrNotInstalled is returned by Find where there is no git on the PATH.
var ErrNotInstalled = errors.New("git: not installed")

// Git is an installed git.
type Git struct {
	path string
	env  []string
}

// Find looks for git on the PATH.
func Find() (*Git, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNotInstalled
	}
	return &Git{path: path, env: cleanEnv(os.Environ())}, nil
}

// cleanEnv drops the variables that point git at another repository, which are
// set where scaffold is started by a git hook or alias, and those that hold
// tokens.
func cleanEnv(env []string) []string {
	bound := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR",
		"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"}
	return slices.DeleteFunc(token.Hide(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(bound, name)
	})
}

// run runs git in dir, or in the working folder where dir is "". Its error
// carries what git printed.
func (g *Git) run(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir, cmd.Env = dir, g.env
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		said := strings.TrimSpace(errOut.String())
		if said == "" {
			said = err.Error()
		}
		return "", fmt.Errorf("git %s: %s", args[0], said)
	}
	return strings.TrimSpace(out.String()), nil
}

// Version returns what git calls its version, such as "2.39.5".
func (g *Git) Version(ctx context.Context) (string, error) {
	out, err := g.run(ctx, "", "--version")
	return strings.TrimPrefix(out, "git version "), err
}

// Settings are the user's, from git's configuration; "" where not set.
type Settings struct {
	UserName   string // user.name
	GitHubUser string // github.user
}

// Settings reads the user's settings as they apply in the working folder.
func (g *Git) Settings(ctx context.Context) (Settings, error) {
	out, err := g.run(ctx, "", "config", "--includes", "--null", "--get-regexp", `^(user\.name|github\.user)$`)
	if ctx.Err() != nil {
		return Settings{}, err
	}
	var s Settings // git exits with 1 where nothing is set
	for entry := range strings.SplitSeq(out, "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		switch key {
		case "user.name":
			s.UserName = value
		case "github.user":
			s.GitHubUser = value
		}
	}
	return s, nil
}

// HasIdentity reports whether the user told git, by configuration or
// environment, whom to name in commits made in dir. What git would guess from
// the host's name does not count.
func (g *Git) HasIdentity(ctx context.Context, dir string) bool {
	for _, ident := range []string{"GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"} {
		if _, err := g.run(ctx, dir, "-c", "user.useConfigOnly=true", "var", ident); err != nil {
			return false
		}
	}
	return true
}

// Inside reports whether dir, which exists, is in a repository's work tree.
func (g *Git) Inside(ctx context.Context, dir string) bool {
	out, err := g.run(ctx, dir, "rev-parse", "--is-inside-work-tree")
	return err == nil && out == "true"
}

// Init makes dir a repository whose first branch will be main.
func (g *Git) Init(ctx context.Context, dir string) error {
	if _, err := g.run(ctx, dir, "init", "--quiet"); err != nil {
		return err
	}
	// `git init -b` is there only from 2.28 on.
	_, err := g.run(ctx, dir, "symbolic-ref", "HEAD", "refs/heads/main")
	return err
}

// Stage adds everything in dir, whatever the user's own settings ignore, and
// marks the executables, which are paths in dir, also where the file system has
// no such mark.
func (g *Git) Stage(ctx context.Context, dir string, executables []string) error {
	if _, err := g.run(ctx, dir, "add", "--all", "--force"); err != nil {
		return err
	}
	if len(executables) == 0 {
		return nil
	}
	_, err := g.run(ctx, dir, append([]string{"update-index", "--chmod=+x", "--"}, executables...)...)
	return err
}

// Commit commits what is staged and returns the commit's full hash.
func (g *Git) Commit(ctx context.Context, dir, message string) (string, error) {
	if _, err := g.run(ctx, dir, "commit", "--quiet", "--message", message); err != nil {
		return "", err
	}
	return g.run(ctx, dir, "rev-parse", "HEAD")
}
