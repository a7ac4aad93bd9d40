package cli

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

// ghUser returns the login that an installed gh uses on github.com, read from
// gh's own settings without a request; "" where there is none.
func ghUser(ctx context.Context) string {
	return gh(ctx, "config", "get", "user", "--host", github.DefaultHost)
}

// gh runs an installed gh and returns what it prints; "" where it fails or takes
// too long. It sees no token in the environment: which server such a one is
// meant for is not gh's to decide.
func gh(ctx context.Context, args ...string) string {
	path, err := exec.LookPath("gh")
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second // what gh has started may outlive it
	// In a Codespace gh would use GitHub's own token for another server.
	cmd.Env = append(token.Hide(os.Environ()), "CODESPACES=", "GH_PROMPT_DISABLED=1", "GH_NO_UPDATE_NOTIFIER=1")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
