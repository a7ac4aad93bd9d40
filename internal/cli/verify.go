package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/phasekit/scaffold/internal/token"
	"github.com/phasekit/scaffold/internal/ui"
)

// verify builds and tests the new project and prints a line for each step.
func verify(ctx context.Context, s *ui.Streams, dir string) error {
	for _, args := range [][]string{
		{"go", "build", "./..."},
		{"go", "vet", "./..."},
		{"go", "test", "./..."},
	} {
		step := strings.Join(args, " ")
		s.Say("%s %s", s.Paint(ui.Faint, "run "), step)
		start := time.Now()
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(token.Hide(os.Environ()), "GOWORK=off") // a workspace above does not know the project
		cmd.WaitDelay = 5 * time.Second                          // for test binaries that outlive go
		out, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.Say("%s", strings.TrimSpace(string(out)))
			return fmt.Errorf("%s: %w", step, err)
		}
		s.Say("%s %s %s", s.Paint(ui.Green, "pass"), step, s.Paint(ui.Faint, time.Since(start).Round(100*time.Millisecond).String()))
	}
	return nil
}
