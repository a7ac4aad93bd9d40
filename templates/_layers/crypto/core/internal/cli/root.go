package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const defaultTimeout = 10 * time.Second

func newRootCmd(env *environment) *cobra.Command {
	var src sourceOptions
	cmd := &cobra.Command{
		Use:   env.app.Name,
		Short: "See what crypto coins cost, and what yours are worth",
		Long: `See what crypto coins cost, and what yours are worth.

Settings of the environment:
  PRICE_SOURCE        source to ask, when --source is not given
  COINGECKO_API_KEY   demo API key of CoinGecko; optional
  COINGECKO_URL       where the API of CoinGecko is, for a proxy or a test
  INDODAX_URL         where the API of Indodax is
  NO_COLOR            no colours, whatever its value`,
		Version:       env.app.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := ""
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "did you mean " + near[0] + "?"
			}
			return usagef(hint, "there is no command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usagef("", "%w", err) })

	flags := cmd.PersistentFlags()
	src.name = newChoice(sourceNames(), env.getenv(sourceVariable))
	flags.Var(src.name, "source", "where prices come from: "+src.name.list()+`; "sample" is made up`)
	flags.BoolVar(&src.noCache, "no-cache", false, "always ask the source, even for what was just asked")
	flags.DurationVar(&src.timeout, "timeout", defaultTimeout, "how long to wait for one answer of the source")
	complete(cmd, "source", src.name.allowed)

	cmd.AddCommand(
		newPriceCmd(env, &src),
		newWatchCmd(env, &src),
		newHistoryCmd(env, &src),
		newPortfolioCmd(env, &src),
		newCoinsCmd(env, &src),
	)
	return cmd
}

// strict makes the commands that cobra brings along refuse what they do not
// know: of themselves, they show some help and succeed.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if _, unknown, err := root.Find(args); err != nil || len(unknown) > 0 {
					return usagef("", "there is no command %q", strings.Join(args, " "))
				}
				return nil
			}
		case "completion":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usagef("", "there is no completion for %q", args[0])
				}
				return nil
			}
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range cmd.Commands() {
				shell.Args = noArgs
			}
		}
	}
}
