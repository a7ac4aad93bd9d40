package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/token"
	"github.com/phasekit/scaffold/internal/ui"
)

// startRepository does what --git says. Where the flag is silent it makes a
// first commit, unless there is no git, or dir is in a repository already. A
// commit that has no identity to name, or that git refuses though nobody asked
// for it, ends as `init` does, and says so.
func startRepository(ctx context.Context, a *App, git *gitrepo.Git, mode, dir string, spec generator.Spec, tree *generator.Tree) (gitResult, error) {
	none := gitResult{State: gitNone}
	if mode == gitNone {
		return none, nil
	}
	if git == nil {
		if mode != "" {
			return none, gitrepo.ErrNotInstalled
		}
		a.Streams.Warn("git is not installed: the project is not under version control", "install git, then: "+inDir(dir, "git init && git add --all && git commit"))
		return none, nil
	}
	if mode == "" && git.Inside(ctx, dir) {
		a.Streams.Warn("the folder is inside another git repository: no repository was made for it", "--git commit makes one all the same")
		return none, nil
	}
	if err := git.Init(ctx, dir); err != nil {
		return none, err
	}
	var executables []string
	for _, f := range tree.Files() {
		if f.Mode&0o111 != 0 {
			executables = append(executables, f.Path)
		}
	}
	if err := git.Stage(ctx, dir, executables); err != nil {
		return none, err
	}
	staged := gitResult{State: gitInit}
	if mode == gitInit {
		return staged, nil
	}
	message := "feat: add " + spec.Name
	byHand := inDir(dir, fmt.Sprintf("git commit -m '%s'", message))
	if !git.HasIdentity(ctx, dir) {
		a.Streams.Warn("git does not know who you are: the files are staged and not committed",
			"git config --global user.name 'Your Name' && git config --global user.email you@example.com && "+byHand)
		return staged, ctx.Err()
	}
	hash, err := git.Commit(ctx, dir, message)
	switch {
	case err == nil:
		return gitResult{State: gitCommit, Commit: hash}, nil
	case ctx.Err() != nil || mode == gitCommit:
		return staged, &hinted{err: err, hint: byHand}
	default: // a hook or a signing key of the user's, who asked for no commit
		a.Streams.Warn("the files are staged and not committed: "+err.Error(), byHand)
		return staged, nil
	}
}

// inDir is command for a shell that stands in the folder above the project.
func inDir(dir, command string) string {
	if filepath.Clean(dir) == "." {
		return command
	}
	return "cd " + shellQuote(filepath.Clean(dir)) + " && " + command
}

// verify builds and tests the new project, one line of progress for each step.
func verify(ctx context.Context, s *ui.Streams, dir string) error {
	for _, args := range [][]string{
		{"go", "build", "./..."},
		{"go", "vet", "./..."},
		{"go", "test", "./..."},
	} {
		step := strings.Join(args, " ")
		s.Say("%s %s", s.Paint(ui.Faint, "run "), step)
		start := time.Now()
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(token.Hide(os.Environ()), "GOWORK=off") // a workspace above does not know the project
		cmd.WaitDelay = 5 * time.Second                          // for test binaries that outlive go
		out, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.Say("%s", strings.TrimSpace(string(out)))
			return fmt.Errorf("%s: %w", step, err)
		}
		s.Say("%s %s %s", s.Paint(ui.Green, "pass"), step, s.Paint(ui.Faint, time.Since(start).Round(100*time.Millisecond).String()))
	}
	return nil
}
