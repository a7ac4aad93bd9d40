package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

func newVersionCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print which build this is",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			b := a.Build
			details := []string{}
			for _, d := range []string{b.Commit, b.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH} {
				if d != "" {
					details = append(details, d)
				}
			}
			_, err := fmt.Fprintf(a.Streams.Out, "scaffold %s (%s)\n", b.Version, strings.Join(details, ", "))
			return err
		},
	}
}
