//go:build e2e

package cli_test

import (
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

// TestPublishToEmulate publishes to a server that others wrote. What it lacks
// is not tried here: scopes, plans, limits, git's own refusals, and the states
// that a repository goes through while it is made.
func TestPublishToEmulate(t *testing.T) {
	base := live.StartEmulate(t)
	for _, tt := range []struct {
		name, owner string
		args        []string
		want        string
	}{
		{"for the user", "octocat", []string{"--protect"}, "create push origin topics label issue protect"},
		{"for an organisation", "acme", []string{"--owner", "acme", "--private", "--backlog", "issues"}, "create push origin topics label milestone issue"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t, map[string]string{"SCAFFOLD_API_URL": base, "GH_TOKEN": "test_token_user1"})
			m.must("new", "demo", "--phase", "2", "--framework", "echo", "--owner", tt.owner, "--yes")
			args := append([]string{"publish", "demo", "--json", "--yes"}, tt.args...)
			first := parse(t, m.must(args...))
			if got := first.kinds(); got != tt.want {
				t.Errorf("first run did: %s, want %s", got, tt.want)
			}
			if len(first.Warnings) > 0 {
				t.Errorf("warnings: %q", first.Warnings)
			}
			second := parse(t, m.must(args...))
			if len(second.Planned) > 0 || len(second.Done) > 0 {
				t.Errorf("second run planned %v and did %v, want nothing", second.Planned, second.Done)
			}
		})
	}
}
