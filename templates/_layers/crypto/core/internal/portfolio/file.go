// Package portfolio says what a list of holdings is worth.
package portfolio

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v4"

	"example.com/app/internal/market"
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

// Parse reads a portfolio. It reports everything that is wrong at once, each with
// its line:
//
//	currency: idr
//	holdings:
//	  - coin: BTC
//	    amount: 0.05
//	    cost: 42000000
func Parse(data []byte) (Portfolio, error) {
	root, err := document(data)
	if err != nil {
		return Portfolio{}, err
	}
	var errs problems
	fields := errs.fields(root, "the portfolio", "currency", "holdings")
	if fields == nil {
		return Portfolio{}, errors.Join(errs...)
	}
	p := Portfolio{Currency: read(&errs, fields, root.Line, "currency", market.ParseCurrency)}
	seen := make(map[string]int)
	for _, node := range errs.list(fields["holdings"], "holdings") {
		h, ok := errs.holding(node, p.Currency)
		if !ok {
			continue
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

// holding reads one holding, whose cost is in currency unless it says otherwise.
// It is false for what is not a holding at all.
func (p *problems) holding(node *yaml.Node, currency string) (Holding, bool) {
	fields := p.fields(node, "the holding", "coin", "amount", "cost", "currency")
	if fields == nil {
		return Holding{}, false
	}
	h := Holding{
		Coin:     read(p, fields, node.Line, "coin", parseCoin),
		Amount:   read(p, fields, node.Line, "amount", parseAmount),
		Cost:     read(p, fields, node.Line, "cost", parseCost),
		Currency: currency,
		Line:     node.Line,
	}
	if coin := fields["coin"]; coin != nil {
		h.Line = coin.Line
	}
	if fields["currency"] != nil {
		h.Currency = read(p, fields, node.Line, "currency", market.ParseCurrency)
	}
	return h, true
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
