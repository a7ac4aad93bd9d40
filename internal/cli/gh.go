package cli

import (
	"context"
	"os/exec"
	"strings"
)

// ghUser returns the login that an installed gh uses on github.com, read from
// gh's own settings without a request; "" where there is none.
func ghUser(ctx context.Context) string {
	return gh(ctx, "config", "get", "user", "--host", "github.com")
}

// gh runs an installed gh and returns what it prints; "" where it fails.
func gh(ctx context.Context, args ...string) string {
	path, err := exec.LookPath("gh")
	if err != nil {
		return ""
	}
	out, err := exec.CommandContext(ctx, path, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
