package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/portfolio"
)

// Valuation shows what a portfolio is worth in the given format. The prices are
// those of at.
func Valuation(w io.Writer, format, label string, v portfolio.Valuation, at time.Time, style Style) error {
	switch format {
	case FormatJSON:
		return valuationJSON(w, label, v, at)
	case FormatCSV:
		return valuationCSV(w, label, v, at)
	case FormatTable:
		return valuationTable(w, label, v, at, style)
	default:
		return fmt.Errorf("a portfolio has no format %q", format)
	}
}

func valuationTable(w io.Writer, label string, v portfolio.Valuation, at time.Time, style Style) error {
	unit := " (" + strings.ToUpper(v.Currency) + ")"
	t := table{left: 1}
	t.add(plain("COIN", "AMOUNT", "PRICE"+unit, "VALUE"+unit, "COST"+unit, "PROFIT"+unit, "%"))
	row := func(name, amount, price string, r portfolio.Result) {
		t.add(append(
			plain(name, amount, price, Money(r.Value, v.Currency), maybeMoney(r.Cost, v.Currency)),
			signed(maybeMoney(r.Profit, v.Currency), r.Profit),
			signed(Percent(r.Percent), r.Percent)))
	}
	for _, p := range v.Positions {
		row(p.Coin.Symbol, group(p.Amount.String()), Price(p.Price, v.Currency), p.Result)
	}
	row("TOTAL", "", "", v.Total)
	if err := t.write(w, style.Colour); err != nil {
		return err
	}
	return footer(w, label, at)
}

func valuationJSON(w io.Writer, label string, v portfolio.Valuation, at time.Time) error {
	type result struct {
		Value   decimal.Decimal     `json:"value"`
		Cost    decimal.NullDecimal `json:"cost"`
		Profit  decimal.NullDecimal `json:"profit"`
		Percent decimal.NullDecimal `json:"profit_percent"`
	}
	type position struct {
		Coin   string          `json:"coin"`
		ID     string          `json:"id"`
		Amount decimal.Decimal `json:"amount"`
		Price  decimal.Decimal `json:"price"`
		result
	}
	report := struct {
		Source    string     `json:"source"`
		Currency  string     `json:"currency"`
		At        time.Time  `json:"updated_at,omitzero"`
		Positions []position `json:"positions"`
		Total     result     `json:"total"`
	}{label, v.Currency, at, make([]position, len(v.Positions)), result(v.Total)}
	for i, p := range v.Positions {
		report.Positions[i] = position{p.Coin.Symbol, p.Coin.ID, p.Amount, p.Price, result(p.Result)}
	}
	return writeJSON(w, report)
}

func valuationCSV(w io.Writer, label string, v portfolio.Valuation, at time.Time) error {
	records := [][]string{{
		"coin", "amount", "currency", "price", "value", "cost", "profit", "profit_percent", "updated_at", "source",
	}}
	row := func(name, amount, price string, r portfolio.Result) {
		records = append(records, []string{
			name, amount, v.Currency, price, r.Value.String(),
			text(r.Cost), text(r.Profit), text(r.Percent), timestamp(at), label,
		})
	}
	for _, p := range v.Positions {
		row(p.Coin.Symbol, p.Amount.String(), p.Price.String(), p.Result)
	}
	row("TOTAL", "", "", v.Total)
	return writeCSV(w, records)
}
