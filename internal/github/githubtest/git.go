package githubtest

import (
	"bytes"
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
	// Whoever runs the tests may sign commits, have hooks, or run them from a hook.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	cmd.Env = append(cmd.Env, apart...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, said.Bytes())
	}
	return out, nil
}

// apart keeps the settings of the machine and its user out of the server's git.
var apart = []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}

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
		Env:  append([]string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "HOME=" + root}, apart...),
	}, nil
}

// The hook update lets everything pass, and notes what nobody may do. The hook
// proc-receive, which is asked only where a token has no right to push
// workflows, refuses those in GitHub's words, as no other hook can; what it
// lets pass, it has to carry out. Its lines have their length in front:
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
	set -- $command
	old=$1 new=$2 ref=$3 workflow=
	case $old in *[!0]*) ;; *) old=$(git hash-object -t tree /dev/null) ;; esac
	case $new in *[!0]*) workflow=$(git diff --name-only --diff-filter=d "$old" "$new" -- .github/workflows | head -n 1) ;; esac
	if [ -n "$workflow" ]; then
		line "ng $ref refusing to allow $PUSHED_BY to create or update workflow ` + "`$workflow` without `workflow`" + ` scope"
	elif hooks/update "$ref" "$1" "$new" && git update-ref "$ref" "$new" "$1"; then
		line "ok $ref"
	else
		line "ng $ref failed to update ref"
	fi
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
	archived := repo != nil && repo.archived
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
	case push && archived:
		http.Error(w, "This repository was archived so it is read-only.", http.StatusForbidden)
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
			by := "an OAuth App"
			if strings.HasPrefix(secret, "ghp_") {
				by = "a Personal Access Token"
			}
			with.Env = append(with.Env, "PUSHED_BY="+by, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=receive.procReceiveRefs", "GIT_CONFIG_VALUE_0=refs/")
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
