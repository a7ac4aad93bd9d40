package auth_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/app/internal/auth"
)

// What the README promises of the policy is what the policy says.
func TestREADMEShowsThePolicy(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for action, rule := range auth.NewPolicy() {
		row := fmt.Sprintf("| `%s` | %s | %s | %s |", action, rule.Guest, rule.User, rule.Admin)
		if strings.Count(string(readme), "| `"+string(action)+"` |") != 1 || !strings.Contains(string(readme), row) {
			t.Errorf("the README lacks the row %s", row)
		}
	}
}
