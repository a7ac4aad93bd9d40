package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"example.com/app/internal/market"
)

// choice is a flag with a fixed set of values, of which the first is the
// default.
type choice struct {
	allowed []string
	value   string
}

// newChoice starts with value, which may be wrong and is then left for check,
// or with the default when value is empty.
func newChoice(allowed []string, value string) *choice {
	if value == "" {
		value = allowed[0]
	}
	return &choice{allowed: allowed, value: value}
}

func (c *choice) String() string { return c.value }

// Type is what the help calls a value.
func (c *choice) Type() string { return "name" }

// Set is part of pflag.Value.
func (c *choice) Set(s string) error {
	c.value = s
	return c.check()
}

func (c *choice) check() error {
	if !slices.Contains(c.allowed, c.value) {
		return fmt.Errorf("%q is not one of %s", c.value, c.list())
	}
	return nil
}

func (c *choice) list() string { return strings.Join(c.allowed, ", ") }

// threshold is a flag that holds a price, or none.
type threshold struct{ decimal.NullDecimal }

func (t *threshold) String() string {
	if !t.Valid {
		return ""
	}
	return t.Decimal.String()
}

// Type is what the help calls a value.
func (t *threshold) Type() string { return "price" }

// Set is part of pflag.Value.
func (t *threshold) Set(s string) error {
	d, err := market.ParsePrice(s)
	if err != nil {
		return fmt.Errorf("%w; write a price like 1600000000 or 0.25", err)
	}
	t.NullDecimal = decimal.NewNullDecimal(d)
	return nil
}

// currencyList is a flag that holds one or more currencies, each once.
type currencyList []string

func (l *currencyList) String() string { return strings.Join(*l, ",") }

// Type is what the help calls a value.
func (l *currencyList) Type() string { return "currencies" }

// Set is part of pflag.Value.
func (l *currencyList) Set(s string) error {
	*l = nil
	for code := range strings.SplitSeq(s, ",") {
		code, err := market.ParseCurrency(strings.TrimSpace(code))
		if err != nil {
			return err
		}
		if !slices.Contains(*l, code) {
			*l = append(*l, code)
		}
	}
	return nil
}

// currency is a flag that holds one currency.
type currency string

func (c *currency) String() string { return string(*c) }

// Type is what the help calls a value.
func (c *currency) Type() string { return "currency" }

// Set is part of pflag.Value.
func (c *currency) Set(s string) error {
	if strings.Contains(s, ",") {
		return errors.New("this command takes one currency")
	}
	code, err := market.ParseCurrency(s)
	*c = currency(code)
	return err
}

// outputFlag adds --output to cmd.
func outputFlag(cmd *cobra.Command, formats ...string) *choice {
	output := newChoice(formats, "")
	cmd.Flags().VarP(output, "output", "o", "form of the output: "+output.list())
	complete(cmd, "output", formats)
	return output
}

// complete lets the shell complete the values of a flag.
func complete(cmd *cobra.Command, flag string, values []string) {
	// It can only be refused for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// coinArgs demands at least least coins, and at most most.
func coinArgs(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef("for example: "+cmd.CommandPath()+" BTC", "which coin?")
		case len(args) > most:
			return usagef("", "%s takes %d coin, not %d", cmd.Name(), most, len(args))
		default:
			return nil
		}
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("", "%s takes no argument", cmd.Name())
	}
	return nil
}
