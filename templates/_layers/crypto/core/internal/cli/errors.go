package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
	"example.com/app/internal/report"
)

// usageError is a command line, or a setting, that cannot be obeyed.
type usageError struct {
	err  error
	hint string // empty: look at the help
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(hint, format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...), hint: hint}
}

// hint is the way out of err, which cmd ended with, or empty when there is none.
func (env *environment) hint(cmd *cobra.Command, err error) string {
	var usage *usageError
	var unknown *market.UnknownCoinError
	var ambiguous *market.AmbiguousCoinError
	switch {
	case errors.As(err, &usage):
		if usage.hint == "" {
			return fmt.Sprintf("see %s --help", cmd.CommandPath())
		}
		return usage.hint
	case errors.As(err, &unknown):
		if len(unknown.Near) > 0 {
			return fmt.Sprintf("did you mean %s?", strings.Join(unknown.Near, " or "))
		}
		return fmt.Sprintf("%s coins lists the ones that can be meant", env.app.Name)
	case errors.As(err, &ambiguous):
		return "name the one you mean by its id, such as id:" + ambiguous.Coins[0].ID
	case errors.Is(err, market.ErrCurrency):
		return "choose another currency with --in, or another source with --source"
	case errors.Is(err, market.ErrNoPrice):
		return "the coin may not be traded, or the currency may not exist there"
	case errors.Is(err, report.ErrNarrow):
		return "make the terminal wider, or take the numbers with --output csv"
	case errors.Is(err, fetch.ErrThrottled):
		return "wait a minute; a free key in COINGECKO_API_KEY allows more requests to CoinGecko"
	case errors.Is(err, fetch.ErrRefused):
		return "check COINGECKO_API_KEY: it must be a demo key, or be left out"
	case errors.Is(err, fetch.ErrUnreachable):
		return "check your connection; --source sample works without one, on made-up prices"
	case errors.Is(err, fetch.ErrDown), errors.Is(err, fetch.ErrBadAnswer):
		return "try again later, or choose another source with --source"
	default:
		return ""
	}
}
