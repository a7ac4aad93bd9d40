package live

import (
	"net/http"
	"net/http/cgi" //nolint:gosec // what was wrong with it was mended in Go 1.6.3
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// GitBackend serves the bare repositories below root over HTTP, by git's own
// http-backend. Whoever is asked who they are is for the caller to say: it lets
// everybody push.
func GitBackend(t testing.TB, root string) http.Handler {
	t.Helper()
	path := Tool(t, "git")
	out, err := exec.CommandContext(t.Context(), path, "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		missing(t, "git http-backend")
	}
	return &cgi.Handler{
		Path: backend,
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=somebody"},
	}
}

// BareRepository makes an empty bare repository that takes pushes over HTTP.
func BareRepository(t testing.TB, dir string) {
	t.Helper()
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", dir},
		{"-C", dir, "symbolic-ref", "HEAD", "refs/heads/main"},
		{"-C", dir, "config", "http.receivepack", "true"},
	} {
		if out, err := exec.CommandContext(t.Context(), Tool(t, "git"), args...).CombinedOutput(); err != nil { //nolint:gosec // asked by a test
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
}
