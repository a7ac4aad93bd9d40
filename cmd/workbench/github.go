package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/internal/github/githubtest"
)

func newGitHubCmd() *cobra.Command {
	var options githubtest.Options
	cmd := &cobra.Command{
		Use:   "github",
		Short: "Start the GitHub that the tests publish to, until Ctrl-C",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runGitHub(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), options)
		},
	}
	cmd.Flags().StringVar(&options.Addr, "addr", "", "`ADDRESS` to listen on (default: a free port on loopback)")
	cmd.Flags().StringSliceVar(&options.Red, "red", nil, "`JOBS` of workflows that fail")
	cmd.Flags().IntVar(&options.Making, "making", 0, "`N` requests to a new repository find nothing")
	return cmd
}

func runGitHub(ctx context.Context, out, log io.Writer, options githubtest.Options) error {
	options.Log = func(r githubtest.Request) {
		_, _ = fmt.Fprintf(log, "%3d %-5s %3d %s %s\n", r.N, r.Kind, r.Status, r.Method, r.Path) // nothing is left to tell it to
	}
	server, err := githubtest.New(options)
	if err != nil {
		return err
	}
	defer server.Close()
	if !server.Described() {
		_, _ = fmt.Fprintln(log, "make openapi lets it check what it is asked") // as above
	}
	if _, err := fmt.Fprintf(out, "export SCAFFOLD_API_URL=%s\nexport GH_TOKEN=%s\n", server.URL, githubtest.Secret); err != nil {
		return err
	}
	<-ctx.Done()
	for _, v := range server.Violations() {
		_, _ = fmt.Fprintln(log, "not GitHub's:", v) // as above
	}
	return nil
}
