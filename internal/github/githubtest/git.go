package githubtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/cgi" //nolint:gosec // what was wrong with it was mended in Go 1.6.3
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// git runs git in a folder and returns what it prints.
func git(dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "git", append([]string{"-C", dir}, args...)...) // as long as the server lives
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// gitBackend is git's own server for the bare repositories below root.
func gitBackend(root string) (http.Handler, error) {
	out, err := git(root, "--exec-path")
	if err != nil {
		return nil, err
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		return nil, err
	}
	return &cgi.Handler{
		Path: backend,
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + root},
	}, nil
}

// The hook update lets everything pass, and notes what nobody may do. The hook
// proc-receive, which is asked only where a token has no right to push
// workflows, refuses in GitHub's words; its lines have their length in front:
// https://git-scm.com/docs/githooks#proc-receive
const (
	updateHook = `#!/bin/sh
case $3 in
*[!0]*) git merge-base --is-ancestor "$2" "$3" 2>/dev/null || case $2 in *[!0]*) echo "$1 was forced" >>violations ;; esac ;;
*) echo "$1 was deleted" >>violations ;;
esac
`
	procReceiveHook = `#!/bin/sh
line() { printf '%04x%s' $((${#1} + 4)) "$1"; }
next() { size=$((0x$(dd bs=1 count=4 2>/dev/null))); [ $size -gt 4 ] && dd bs=1 count=$((size - 4)) 2>/dev/null; }
while [ -n "$(next | tr -d '\0')" ]; do :; done
line 'version=1'
printf 0000
while command=$(next) && [ -n "$command" ]; do
	line "ng ${command##* } refusing to allow an OAuth App to create or update workflow ` + "`.github/workflows/ci.yml` without `workflow`" + ` scope"
done
printf 0000
`
)

// makeGit makes the repository's bare one.
func (r *repository) makeGit() error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--bare"}, {"symbolic-ref", "HEAD", "refs/heads/main"}, {"config", "http.receivepack", "true"},
	} {
		if _, err := git(r.dir, args...); err != nil {
			return err
		}
	}
	for name, script := range map[string]string{"update": updateHook, "proc-receive": procReceiveHook} {
		script = strings.ReplaceAll(script, "`", "\\`")
		if err := os.WriteFile(filepath.Join(r.dir, "hooks", name), []byte(script), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// forced lists what was pushed that nobody may push.
func (r *repository) forced() []string {
	noted, err := os.ReadFile(filepath.Join(r.dir, "violations"))
	if err != nil {
		return nil
	}
	return []string{r.fullName() + ": " + strings.TrimSpace(string(noted))}
}

// refs are the branches and tags, and the commits that they point at.
func (r *repository) refs() map[string]string {
	out, err := git(r.dir, "for-each-ref", "--format=%(refname) %(objectname)")
	refs := map[string]string{}
	if err != nil {
		return refs
	}
	for line := range strings.Lines(string(out)) {
		name, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		refs[name] = hash
	}
	return refs
}

// file returns a file of a branch.
func (r *repository) file(branch, path string) ([]byte, bool) {
	out, err := git(r.dir, "cat-file", "blob", "refs/heads/"+branch+":"+path)
	return out, err == nil
}

// gitPath is the path of git's requests, to a repository with or without .git.
var gitPath = regexp.MustCompile(`^/([^/]+)/([^/]+)/(info/refs|git-upload-pack|git-receive-pack)$`)

func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	parts := gitPath.FindStringSubmatch(r.URL.Path)
	owner, name, rest := parts[1], strings.TrimSuffix(parts[2], ".git"), parts[3]
	_, secret, ok := r.BasicAuth()
	token, known := s.options.Tokens[secret]
	if ok && !known {
		http.Error(w, "Invalid username or token.", http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	repo := s.find(owner, name)
	visible := repo != nil && s.mayRead(token, repo) && !repo.making()
	s.mu.Unlock()
	push := rest == "git-receive-pack" || strings.Contains(r.URL.RawQuery, "git-receive-pack")
	switch {
	case !ok && (push || !visible):
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "No anonymous write access.", http.StatusUnauthorized)
		return
	case !visible:
		http.Error(w, "Repository not found.", http.StatusNotFound)
		return
	case push && !s.mayWrite(token, repo):
		http.Error(w, "Permission denied.", http.StatusForbidden)
		return
	}
	before := repo.refs()
	r.URL.Path = "/" + repo.owner + "/" + repo.name + ".git/" + rest
	r.Header.Del("Authorization")
	backend := s.git
	if h, isCGI := backend.(*cgi.Handler); isCGI {
		with := *h
		with.Env = append(slices.Clip(with.Env), "REMOTE_USER="+token.Login)
		if !token.mayPushWorkflows() {
			with.Env = append(with.Env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=receive.procReceiveRefs", "GIT_CONFIG_VALUE_0=refs/")
		}
		backend = &with
	}
	backend.ServeHTTP(w, r)
	if after := repo.refs(); after["refs/heads/main"] != before["refs/heads/main"] {
		s.startRuns(repo, after["refs/heads/main"])
	}
}

// token finds the token of an API request.
func (s *Server) token(r *http.Request) (Token, bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Basic") {
		if decoded, err := base64.StdEncoding.DecodeString(secret); err == nil {
			_, secret, _ = strings.Cut(string(decoded), ":")
		}
	}
	token, ok := s.options.Tokens[secret]
	return token, ok
}
