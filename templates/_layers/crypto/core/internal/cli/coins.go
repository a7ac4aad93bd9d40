package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/app/internal/report"
)

type coinsOptions struct {
	src    *sourceOptions
	output *choice
}

func newCoinsCmd(env *environment, src *sourceOptions) *cobra.Command {
	opts := coinsOptions{src: src}
	cmd := &cobra.Command{
		Use:   "coins",
		Short: "List coins of the source",
		Long: `List coins of the source.

CoinGecko knows thousands; only the best known are listed. A coin that is not
among them can be named by its symbol, if no other coin has the same, or by its
id on CoinGecko, as in id:bitcoin.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCoins(cmd.Context(), env, opts) },
	}
	opts.output = outputFlag(cmd, report.FormatTable, report.FormatJSON, report.FormatCSV)
	return cmd
}

func runCoins(ctx context.Context, env *environment, opts coinsOptions) error {
	src, err := opts.src.open(env)
	if err != nil {
		return err
	}
	coins, err := src.Coins(ctx)
	if err != nil {
		return err
	}
	return report.Coins(env.stdout, opts.output.String(), src.Label(), coins)
}
