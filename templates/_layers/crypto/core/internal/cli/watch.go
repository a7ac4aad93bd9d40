package cli

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/spf13/cobra"

	"example.com/app/internal/market"
	"example.com/app/internal/terminal"
	"example.com/app/internal/watch"
)

const defaultInterval = 30 * time.Second

type watchOptions struct {
	src          *sourceOptions
	words        []string
	currency     currency
	every        time.Duration
	above, below threshold
}

func newWatchCmd(env *environment, src *sourceOptions) *cobra.Command {
	opts := watchOptions{src: src, currency: "idr"}
	cmd := &cobra.Command{
		Use:   "watch COIN...",
		Short: "Keep showing what coins cost, and ring at a threshold",
		Long: `Keep showing what coins cost, until Ctrl-C.

The bell rings when a price reaches a threshold, and again only after it has
come back from it. A threshold that the very first price has already reached is
marked, without a bell.`,
		Example: "  " + env.app.Name + " watch BTC --every 10s --above 1800000000 --below 1500000000",
		Args:    coinArgs(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.words = args
			return runWatch(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.Var(&opts.currency, "in", "currency of prices and thresholds")
	flags.DurationVar(&opts.every, "every", defaultInterval, "time between two refreshes")
	flags.Var(&opts.above, "above", "ring when a price reaches this from below")
	flags.Var(&opts.below, "below", "ring when a price reaches this from above")
	return cmd
}

func runWatch(ctx context.Context, env *environment, opts watchOptions) (err error) {
	limits := watch.Limits{Above: opts.above.NullDecimal, Below: opts.below.NullDecimal}
	if err := limits.Check(); err != nil {
		return usagef("", "--above and --below: %w", err)
	}
	if opts.every < watch.MinInterval {
		return usagef("", "--every must be at least %s, not %s", watch.MinInterval, opts.every)
	}
	opts.src.noCache = true // a refresh that shows what is already there is none
	src, err := opts.src.open(env)
	if err != nil {
		return err
	}
	coins, err := find(ctx, src, opts.words)
	if err != nil {
		return err
	}

	display := &watch.Display{
		Out: env.stdout, Screen: env.screen, Size: func() (int, int) { return terminal.Size(env.stdout) },
		Label: src.Label(), Every: opts.every, Limits: limits,
	}
	defer func() { err = errors.Join(err, display.Close()) }()
	return watch.Watch{
		Every:  opts.every,
		Limits: limits,
		Fetch: func(ctx context.Context) ([]market.Quote, error) {
			return src.Quotes(ctx, coins, []string{opts.currency.String()})
		},
		Show: display.Show,
		Now:  time.Now,
	}.Run(ctx)
}
