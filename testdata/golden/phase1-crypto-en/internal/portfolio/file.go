// Package portfolio says what a list of holdings is worth.
package portfolio

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v4"

	"github.com/acme/crypto-price/internal/market"
)

// Holding is a line of a portfolio.
type Holding struct {
	Coin     string          // a symbol or an id, as a source's Find takes it
	Amount   decimal.Decimal // of coins; above zero
	Cost     decimal.Decimal // of all of them together; zero or more
	Currency string          // that the cost is in, lower case
	Line     int             // in the file
}

// Portfolio is what a file says.
type Portfolio struct {
	Currency string // lower case
	Holdings []Holding
}

// file has the shape of the YAML. Its values are nodes, because a node still
// knows its line, and because a number must not pass through a float.
type file struct {
	Currency yaml.Node `yaml:"currency"`
	Holdings []struct {
		Coin     yaml.Node `yaml:"coin"`
		Amount   yaml.Node `yaml:"amount"`
		Cost     yaml.Node `yaml:"cost"`
		Currency yaml.Node `yaml:"currency"`
	} `yaml:"holdings"`
}

// Parse reads a portfolio. It reports every wrong value at once, each with its
// line:
//
//	currency: idr
//	holdings:
//	  - coin: BTC
//	    amount: 0.05
//	    cost: 42000000
func Parse(data []byte) (Portfolio, error) {
	var f file
	if err := yaml.Load(data, &f, yaml.WithV4Defaults(), yaml.WithKnownFields()); err != nil {
		return Portfolio{}, fmt.Errorf("not a portfolio: %w", err)
	}
	var errs []error
	var p Portfolio
	p.Currency = read(&errs, &f.Currency, 1, "currency", market.ParseCurrency)
	if len(f.Holdings) == 0 {
		errs = append(errs, errors.New("there are no holdings"))
	}
	seen := make(map[string]int)
	for i := range f.Holdings {
		raw := &f.Holdings[i]
		line := max(raw.Coin.Line, raw.Amount.Line, raw.Cost.Line, raw.Currency.Line)
		h := Holding{
			Coin:     read(&errs, &raw.Coin, line, "coin", parseCoin),
			Amount:   read(&errs, &raw.Amount, line, "amount", parseAmount),
			Cost:     read(&errs, &raw.Cost, line, "cost", parseCost),
			Currency: p.Currency,
			Line:     raw.Coin.Line,
		}
		if !raw.Currency.IsZero() {
			h.Currency = read(&errs, &raw.Currency, line, "currency", market.ParseCurrency)
		}
		key := strings.ToLower(h.Coin)
		if first, twice := seen[key]; twice && key != "" {
			errs = append(errs, duplicate(h, first))
		}
		seen[key] = h.Line
		p.Holdings = append(p.Holdings, h)
	}
	return p, errors.Join(errs...)
}

// read parses the scalar in node. What is wrong with it is added to errs; line
// is where to look when the node is missing.
func read[T any](errs *[]error, node *yaml.Node, line int, field string, parse func(string) (T, error)) T {
	var value T
	var err error
	switch {
	case node.IsZero():
		err = fmt.Errorf("line %d: %s is missing", line, field)
	case node.Kind != yaml.ScalarNode:
		err = fmt.Errorf("line %d: %s is not a single value", node.Line, field)
	default:
		if value, err = parse(node.Value); err != nil {
			err = fmt.Errorf("line %d: %s: %w", node.Line, field, err)
		}
	}
	if err != nil {
		*errs = append(*errs, err)
	}
	return value
}

func parseCoin(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", errors.New("it is empty")
	}
	return s, nil
}

func parseAmount(s string) (decimal.Decimal, error) { return market.ParsePrice(s) }

func parseCost(s string) (decimal.Decimal, error) {
	d, err := market.ParseNumber(s)
	if err == nil && d.IsNegative() {
		err = fmt.Errorf("%q is below zero", s)
	}
	return d, err
}

func duplicate(h Holding, first int) error {
	return fmt.Errorf("line %d: %s is already on line %d: put both in one holding", h.Line, h.Coin, first)
}
