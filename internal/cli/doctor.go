package cli

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/gitrepo"
	"github.com/phasekit/scaffold/internal/token"
)

// check is one line of `scaffold doctor`.
type check struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Required bool   `json:"required"` // scaffold's own work is of no use without it
	Found    string `json:"found"`
	Mend     string `json:"mend,omitempty"` // what to do about it
}

type doctorOptions struct {
	app     *App
	catalog *generator.Catalog
	json    bool
}

func newDoctorCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &doctorOptions{app: a, catalog: catalog}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at what this machine has for building the projects, and say how to mend what is missing",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDoctor(cmd.Context(), opts)
		},
	}
	cmd.Flags().BoolVar(&opts.json, "json", false, "print one JSON document")
	return cmd
}

func runDoctor(ctx context.Context, opts *doctorOptions) error {
	a := opts.app
	interrupted := ctx.Err
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	git := findGit()
	checks := []check{
		checkGo(ctx, opts.catalog.Go),
		checkGit(ctx, git),
		checkIdentity(ctx, git),
		checkMake(),
		checkCompiler(ctx),
		checkDocker(ctx),
		checkToken(ctx, a),
	}
	if err := interrupted(); err != nil {
		return err // what was cut short says nothing about the machine
	}
	if opts.json {
		if err := writeJSON(a.Streams.Out, map[string][]check{"checks": checks}); err != nil {
			return err
		}
	} else if err := printChecks(a, checks); err != nil {
		return err
	}
	for _, c := range checks {
		if c.Required && !c.OK {
			return generator.Errorf(c.Mend, "%s is needed", c.Name)
		}
	}
	return nil
}

func printChecks(a *App, checks []check) error {
	for _, c := range checks {
		mark := "ok  "
		switch {
		case !c.OK && c.Required:
			mark = "FAIL"
		case !c.OK:
			mark = "miss"
		}
		if _, err := fmt.Fprintf(a.Streams.Out, "%s  %-13s %s\n", mark, c.Name, c.Found); err != nil {
			return err
		}
		if !c.OK {
			if _, err := fmt.Fprintf(a.Streams.Out, "%20s mend: %s\n", "", c.Mend); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkGo(ctx context.Context, want string) check {
	c := check{Name: "Go", Required: true, Mend: "install Go " + want + " or newer: https://go.dev/dl/"}
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		c.Found = "not installed"
		return c
	}
	found := strings.TrimSpace(string(out))
	c.Found = strings.TrimPrefix(found, "go")
	c.OK = version.Compare(version.Lang(found), "go"+want) >= 0
	return c
}

func checkGit(ctx context.Context, git *gitrepo.Git) check {
	c := check{Name: "git", Required: true, Found: "not installed", Mend: "install git: https://git-scm.com/downloads"}
	if git == nil {
		return c
	}
	v, err := git.Version(ctx)
	if err != nil {
		c.Found = err.Error()
		return c
	}
	c.OK, c.Found = true, v
	return c
}

func checkIdentity(ctx context.Context, git *gitrepo.Git) check {
	c := check{
		Name: "git identity", Found: "not set: first commits are left to you",
		Mend: "git config --global user.name 'Your Name' && git config --global user.email you@example.com",
	}
	if git != nil && git.HasIdentity(ctx, "") {
		c.OK, c.Found = true, "set"
		if s, err := git.Settings(ctx); err == nil && s.UserName != "" {
			c.Found = s.UserName
		}
	}
	return c
}

func checkMake() check {
	c := check{Name: "make", Found: "not installed", Mend: "apt install make, xcode-select --install, or winget install GnuWin32.Make"}
	if path, err := exec.LookPath("make"); err == nil {
		c.OK, c.Found = true, path
	}
	return c
}

// checkCompiler looks for the C compiler that `go test -race` links with.
func checkCompiler(ctx context.Context) check {
	c := check{Name: "C compiler", Found: "not installed: no race detector", Mend: "apt install gcc, xcode-select --install, or winget install MSYS2.MSYS2 with mingw-w64-gcc"}
	out, err := exec.CommandContext(ctx, "go", "env", "CC").Output()
	if err != nil {
		return c
	}
	if path, err := exec.LookPath(strings.TrimSpace(string(out))); err == nil {
		c.OK, c.Found = true, path
	}
	return c
}

func checkDocker(ctx context.Context) check {
	c := check{Name: "Docker", Found: "not installed", Mend: "install Docker, for images and compose: https://docs.docker.com/get-docker/"}
	if _, err := exec.LookPath("docker"); err != nil {
		return c
	}
	out, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").Output()
	if err != nil {
		c.Found = "installed, and its engine does not answer"
		c.Mend = "start Docker Desktop, or: sudo systemctl start docker"
		if runtime.GOOS == "linux" {
			c.Mend = "sudo systemctl start docker, and be in the group docker"
		}
		return c
	}
	c.OK, c.Found = true, strings.TrimSpace(string(out))
	return c
}

// checkToken says where a GitHub token would come from, never what it is.
func checkToken(ctx context.Context, a *App) check {
	c := check{Name: "GitHub token", Mend: token.WayToOne}
	host, err := a.host("")
	if err != nil {
		c.Found, c.Mend = err.Error(), "unset GH_HOST, or name a host in it"
		return c
	}
	auth, err := a.tokens().Find(ctx, host)
	switch {
	case errors.Is(err, token.ErrNone):
		c.Found = "none: projects stay on this machine"
	case err != nil:
		c.Found = err.Error()
	default:
		c.OK, c.Found = true, "from "+string(auth.Source)
	}
	return c
}
