// Workbench is for those who write the layers: it renders a combination to a
// folder where an editor, the compiler and the debugger work (play), carries
// edits made there back into the layers (pull), refreshes the dependency pins
// (deps), writes what releases ship beside the binary (docs), and starts a GitHub
// to try publishing on (github).
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := &cobra.Command{Use: "workbench", SilenceUsage: true}
	root.AddCommand(newPlayCmd(), newPullCmd(), newDepsCmd(), newDocsCmd(), newGitHubCmd())
	if err := root.ExecuteContext(ctx); err != nil {
		return 1
	}
	return 0
}

// templatesDir is where the layers live; the workbench is run from the
// repository's root, as the Makefile does.
const templatesDir = "templates"

// say prints a line for the person at the workbench.
func say(cmd *cobra.Command, format string, args ...any) {
	_, _ = fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...) // nothing is left to tell it to
}
