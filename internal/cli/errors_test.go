package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/ask"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

func TestExitCodesAndHints(t *testing.T) {
	failed := errors.New("failed")
	rejected := token.Rejected(github.Host{Name: "github.com"}, token.Token{Source: token.FromGH}, failed)
	for _, tt := range []struct {
		name string
		err  error
		code int
		hint string
	}{
		{"any error", failed, exitFailed, ""},
		{"with a hint", generator.WithHint(failed, "do this"), exitFailed, "do this"},
		{"about a field", &generator.Error{Field: "phase", Message: "wrong", Hint: "do this"}, exitUsage, "do this"},
		{"about a field, wrapped", fmt.Errorf("read: %w", &generator.Error{Field: "phase", Message: "wrong"}), exitUsage, ""},
		{"wrong usage", usageError("do this", "wrong"), exitUsage, "do this"},
		{"a token", rejected, exitAuth, "gh auth refresh --hostname github.com --scopes repo,workflow"},
		{"joined with another", errors.Join(rejected, failed), exitAuth, "gh auth refresh --hostname github.com --scopes repo,workflow"},
		{"interrupted", generator.WithHint(context.Canceled, "go on"), exitInterrupted, "go on"},
		{"interrupted at a question", ask.ErrInterrupted, exitInterrupted, ""},
	} {
		if code, hint := exitCode(tt.err), hintOf(tt.err); code != tt.code || hint != tt.hint {
			t.Errorf("%s: exit code %d and hint %q, want %d and %q", tt.name, code, hint, tt.code, tt.hint)
		}
		if !errors.Is(tt.err, failed) && tt.name == "a token" {
			t.Errorf("%s: the cause is lost", tt.name)
		}
	}
}
