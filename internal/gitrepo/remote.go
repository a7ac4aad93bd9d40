package gitrepo

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The outcomes of talking to a server that callers tell apart.
var (
	ErrNotFound     = errors.New("git: the server has no such repository")
	ErrUnauthorized = errors.New("git: the server does not accept the token")
	ErrForbidden    = errors.New("git: the token may not do that")
	ErrBehind       = errors.New("git: the branch has commits on the server that are not here")
	ErrRejected     = errors.New("git: the server turned the push down")
	ErrUnreachable  = errors.New("git: no answer from the server")
)

// ErrTooOld is returned where git cannot be given a token without showing it.
var ErrTooOld = errors.New("git: 2.31 or newer is needed")

// Remote is a repository on a server, over HTTP.
type Remote struct {
	URL string // plain: without user and token
	// Token goes to git in the environment of the one command that needs it: not
	// in its arguments, where every user of the machine could see it, and not
	// in any file.
	Token string
	// Quiet is how long the server may send nothing; a minute by default.
	Quiet time.Duration
}

// Refs returns the remote's branches and tags, as full names, and the commits
// that they point at.
func (g *Git) Refs(ctx context.Context, dir string, r Remote) (map[string]string, error) {
	out, err := g.talk(ctx, dir, r, "ls-remote", "--quiet", r.URL)
	if err != nil {
		return nil, err
	}
	refs := map[string]string{}
	for line := range strings.Lines(out) {
		hash, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(name, "refs/") {
			refs[name] = hash
		}
	}
	return refs, nil
}

// Push pushes a branch of the repository in dir to the branch of the same
// name. It never forces.
func (g *Git) Push(ctx context.Context, dir string, r Remote, branch string) error {
	ref := "refs/heads/" + branch
	_, err := g.talk(ctx, dir, r, "push", "--quiet", "--porcelain", r.URL, ref+":"+ref)
	return err
}

// Fetch gets the objects of a remote's branch and changes no reference here.
func (g *Git) Fetch(ctx context.Context, dir string, r Remote, branch string) error {
	_, err := g.talk(ctx, dir, r, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", r.URL, "refs/heads/"+branch)
	return err
}

// talk runs a git command that asks the server, in dir.
func (g *Git) talk(ctx context.Context, dir string, r Remote, args ...string) (string, error) {
	if err := g.checkVersion(ctx); err != nil {
		return "", err
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + r.Token))
	quiet := r.Quiet
	if quiet == 0 {
		quiet = time.Minute
	}
	settings := [][2]string{
		{"credential.helper", ""},                       // nothing else is asked for a password
		{"url." + r.URL + ".insteadOf", r.URL},          // the longest match: a user's own rule
		{"url." + r.URL + ".pushInsteadOf", r.URL},      // may lead to SSH, where the token is no use
		{"http." + r.URL + ".followRedirects", "false"}, // the token stays with the server that it is for
		{"http." + r.URL + ".extraHeader", ""},          // forget the user's own
		{"http." + r.URL + ".extraHeader", "Authorization: Basic " + basic},
		{"http.lowSpeedLimit", "1"}, // bytes a second
		{"http.lowSpeedTime", strconv.Itoa(max(1, int(quiet.Seconds())))},
	}
	cmd := g.command(ctx, dir, withSettings(g.env, settings), args...)
	out, err := cmd.Output()
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	said := err.Error()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && (len(exit.Stderr) > 0 || len(out) > 0) {
		said = strings.TrimSpace(string(out) + "\n" + string(exit.Stderr))
	}
	said = strings.NewReplacer(r.Token, "***", basic, "***").Replace(said)
	return "", fmt.Errorf("git %s: %w", args[0], explain(said))
}

// withSettings adds configuration to an environment, after what it has.
func withSettings(env []string, settings [][2]string) []string {
	const counter = "GIT_CONFIG_COUNT="
	count := 0
	kept := []string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case name+"=" == counter:
			count, _ = strconv.Atoi(value) // git refuses what is no number anyhow
		case strings.HasPrefix(name, "GIT_TRACE"), name == "GIT_CURL_VERBOSE": // they print what git sends
		case name == "GIT_ASKPASS", name == "SSH_ASKPASS":
		default:
			kept = append(kept, kv)
		}
	}
	for _, s := range settings {
		n := strconv.Itoa(count)
		kept = append(kept, "GIT_CONFIG_KEY_"+n+"="+s[0], "GIT_CONFIG_VALUE_"+n+"="+s[1])
		count++
	}
	return append(kept, counter+strconv.Itoa(count), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
}

// checkVersion returns ErrTooOld for a git that ignores configuration in its
// environment.
func (g *Git) checkVersion(ctx context.Context) error {
	version, err := g.Version(ctx)
	if err != nil {
		return err
	}
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err == nil && (major < 2 || major == 2 && minor < 31) {
		return fmt.Errorf("%w: this is %s", ErrTooOld, version)
	}
	return nil
}

// refusals are what git prints, in its own words, for each outcome; the first
// match counts. https://github.com/git/git/blob/master/remote-curl.c has most.
var refusals = []struct {
	pattern *regexp.Regexp
	kind    error
}{
	{regexp.MustCompile(`\[remote rejected\]|remote rejected`), ErrRejected},
	{regexp.MustCompile(`\[rejected\]|non-fast-forward|fetch first`), ErrBehind},
	{regexp.MustCompile(`repository '.*' not found|returned error: 404`), ErrNotFound},
	{regexp.MustCompile(`Authentication failed|could not read (Username|Password)|returned error: 401`), ErrUnauthorized},
	{regexp.MustCompile(`returned error: 403`), ErrForbidden},
	{regexp.MustCompile(`returned error: (429|5\d\d)|unable to access|hung up|RPC failed|early EOF|unexpected disconnect|too slow|timed out`), ErrUnreachable},
}

// reason is where git repeats why the server turned a push down.
var reason = regexp.MustCompile(`(?m)\[?remote rejected\]?.*\((.+)\)\s*$`)

// explain finds the outcome in what git printed.
func explain(said string) error {
	for _, r := range refusals {
		if !r.pattern.MatchString(said) {
			continue
		}
		if why := reason.FindStringSubmatch(said); errors.Is(r.kind, ErrRejected) && why != nil {
			return fmt.Errorf("%w: %s", r.kind, why[1])
		}
		return fmt.Errorf("%w: %s", r.kind, lastLine(said))
	}
	return errors.New(said)
}

func lastLine(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "fatal: ")
}

// command is a git that ends cleanly where ctx does: it removes its lock files
// when it is interrupted, and not when it is killed.
func (g *Git) command(ctx context.Context, dir string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir, cmd.Env = dir, env
	if runtime.GOOS != "windows" { // which has no way to interrupt
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}
