// Package gh runs GitHub's own command line, gh, where it is installed. No other
// package does.
package gh

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

// User returns the login that gh uses on github.com, read from gh's own settings
// without a request; "" where there is none.
func User(ctx context.Context) string {
	return Run(ctx, "config", "get", "user", "--host", github.DefaultHost)
}

// Run runs gh and returns what it prints; "" where it is not installed, fails or
// takes too long. gh sees no token in the environment: it could send one to
// another server than the one that the token is for.
func Run(ctx context.Context, args ...string) string {
	path, err := exec.LookPath("gh")
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second // processes that gh has started may outlive it
	// In a Codespace gh would use GitHub's own token for another server.
	cmd.Env = append(token.Hide(os.Environ()), "CODESPACES=", "GH_PROMPT_DISABLED=1", "GH_NO_UPDATE_NOTIFIER=1")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
