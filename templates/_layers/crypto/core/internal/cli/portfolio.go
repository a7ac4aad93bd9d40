package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"example.com/app/internal/market"
	"example.com/app/internal/portfolio"
	"example.com/app/internal/report"
)

const maxFile = 1 << 20 // bytes of a portfolio

type portfolioOptions struct {
	src      *sourceOptions
	path     string
	currency currency
	output   *choice
}

func newPortfolioCmd(env *environment, src *sourceOptions) *cobra.Command {
	opts := portfolioOptions{src: src}
	cmd := &cobra.Command{
		Use:   "portfolio FILE",
		Short: "Show what your coins are worth",
		Long: `Show what your coins are worth, and what you have gained or lost.

FILE is YAML. The cost is what you paid for the whole amount:

  currency: idr
  holdings:
    - coin: BTC
      amount: 0.05
      cost: 42000000
    - coin: ETH
      amount: 1.5
      cost: 3200
      currency: usd

A cost in another currency than --in is left out, and with it the total cost
and profit: today's exchange rate is not that of the day you paid.`,
		Example: "  " + env.app.Name + " portfolio holdings.yaml --in idr",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("", "portfolio takes one file, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.path = args[0]
			return runPortfolio(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().Var(&opts.currency, "in", "currency of the values (default: that of the file)")
	opts.output = outputFlag(cmd, report.FormatTable, report.FormatJSON, report.FormatCSV)
	return cmd
}

func runPortfolio(ctx context.Context, env *environment, opts portfolioOptions) error {
	data, err := opts.read()
	if err != nil {
		return fmt.Errorf("read portfolio: %w", err)
	}
	p, err := portfolio.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", opts.path, err)
	}
	in := opts.currency.String()
	if in == "" {
		in = p.Currency
	}
	src, err := opts.src.open(env)
	if err != nil {
		return err
	}
	coins := make([]market.Coin, len(p.Holdings))
	for i, h := range p.Holdings {
		if coins[i], err = src.Find(ctx, h.Coin); err != nil {
			return fmt.Errorf("%s: line %d: %w", opts.path, h.Line, err)
		}
	}
	if err := portfolio.Unique(p.Holdings, coins); err != nil {
		return fmt.Errorf("%s: %w", opts.path, err)
	}
	quotes, err := src.Quotes(ctx, coins, []string{in})
	if err != nil {
		return err
	}
	v, err := portfolio.Value(p.Holdings, quotes, in)
	if err != nil {
		return fmt.Errorf("value portfolio: %w", err)
	}
	if !v.Total.Cost.Valid {
		_, _ = fmt.Fprintf(env.stderr, "note: some costs are not in %s, so the total profit is unknown\n", in)
	}
	return report.Valuation(env.stdout, opts.output.String(), src.Label(), v, oldest(quotes), env.style())
}

// read returns what is in the file, unless that is more than a person writes.
func (o portfolioOptions) read() ([]byte, error) {
	f, err := os.Open(o.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d MiB", o.path, maxFile>>20)
	}
	return data, err
}

// oldest is the moment from which on all the quotes were true.
func oldest(quotes []market.Quote) time.Time {
	at := quotes[0].At
	for _, q := range quotes {
		if q.At.Before(at) {
			at = q.At
		}
	}
	return at
}
