package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/app/internal/report"
)

const (
	defaultDays = 30
	maxDays     = 365 // what CoinGecko's public API goes back
)

type historyOptions struct {
	src      *sourceOptions
	word     string
	currency currency
	days     int
	output   *choice
}

func newHistoryCmd(env *environment, src *sourceOptions) *cobra.Command {
	opts := historyOptions{src: src, currency: "idr"}
	cmd := &cobra.Command{
		Use:     "history COIN",
		Short:   "Draw what a coin has cost",
		Example: "  " + env.app.Name + " history BTC --days 90 --in usd",
		Args:    coinArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.word = args[0]
			return runHistory(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().Var(&opts.currency, "in", "currency")
	cmd.Flags().IntVar(&opts.days, "days", defaultDays, "how many days to go back, at most 365")
	opts.output = outputFlag(cmd, report.FormatChart, report.FormatJSON, report.FormatCSV)
	return cmd
}

func runHistory(ctx context.Context, env *environment, opts historyOptions) error {
	if opts.days < 1 || opts.days > maxDays {
		return usagef("", "--days must be from 1 to %d, not %d", maxDays, opts.days)
	}
	src, err := opts.src.open(env)
	if err != nil {
		return err
	}
	coin, err := src.Find(ctx, opts.word)
	if err != nil {
		return err
	}
	points, err := src.History(ctx, coin, opts.currency.String(), opts.days)
	if err != nil {
		return err
	}
	h := report.History{Coin: coin, Currency: opts.currency.String(), Points: points}
	return h.Write(env.stdout, opts.output.String(), src.Label(), env.style())
}
