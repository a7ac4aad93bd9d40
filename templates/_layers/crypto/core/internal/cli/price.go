package cli

import (
	"context"
	"math"

	"github.com/spf13/cobra"

	"example.com/app/internal/report"
)

type priceOptions struct {
	src        *sourceOptions
	words      []string
	currencies currencyList
	output     *choice
}

func newPriceCmd(env *environment, src *sourceOptions) *cobra.Command {
	opts := priceOptions{src: src, currencies: currencyList{"idr"}}
	cmd := &cobra.Command{
		Use:   "price COIN...",
		Short: "Show what coins cost now",
		Example: "  " + env.app.Name + " price BTC ETH --in idr,usd\n" +
			"  " + env.app.Name + " price id:bitcoin -o json",
		Args: coinArgs(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.words = args
			return runPrice(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().Var(&opts.currencies, "in", "currencies, separated by commas")
	opts.output = outputFlag(cmd, report.FormatTable, report.FormatJSON, report.FormatCSV)
	return cmd
}

func runPrice(ctx context.Context, env *environment, opts priceOptions) error {
	src, err := opts.src.open(env)
	if err != nil {
		return err
	}
	coins, err := find(ctx, src, opts.words)
	if err != nil {
		return err
	}
	quotes, err := src.Quotes(ctx, coins, opts.currencies)
	if err != nil {
		return err
	}
	return report.Quotes(env.stdout, opts.output.String(), src.Label(), quotes, env.style())
}
