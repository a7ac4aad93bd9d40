package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
)

// Quotes shows quotes in the given format. They are sorted by coin, each coin
// in the same currencies.
func Quotes(w io.Writer, format, label string, quotes []market.Quote, style Style) error {
	switch format {
	case FormatJSON:
		return quotesJSON(w, label, quotes)
	case FormatCSV:
		return quotesCSV(w, label, quotes)
	case FormatTable:
		return quotesTable(w, label, quotes, style)
	default:
		return fmt.Errorf("quotes have no format %q", format)
	}
}

func quotesTable(w io.Writer, label string, quotes []market.Quote, style Style) error {
	t := table{left: 2}
	heading := plain("COIN", "NAME")
	var row []cell
	var oldest time.Time // the table is no fresher than that
	for i, q := range quotes {
		first := i == 0 || q.Coin.ID != quotes[i-1].Coin.ID
		if first && i > 0 {
			t.rows = append(t.rows, row)
		}
		if first {
			row = plain(q.Coin.Symbol, q.Coin.Name)
		}
		if q.Coin.ID == quotes[0].Coin.ID {
			heading = append(heading, plain(strings.ToUpper(q.Currency), "24H")...)
		}
		row = append(row, cell{text: Price(q.Price, q.Currency)}, signed(Percent(q.Change), q.Change))
		if i == 0 || q.At.Before(oldest) {
			oldest = q.At
		}
	}
	t.rows = append([][]cell{heading}, append(t.rows, row)...)
	if err := t.write(w, style.Colour); err != nil {
		return err
	}
	return footer(w, label, oldest)
}

func quotesJSON(w io.Writer, label string, quotes []market.Quote) error {
	type quote struct {
		Coin     string              `json:"coin"`
		ID       string              `json:"id"`
		Name     string              `json:"name"`
		Currency string              `json:"currency"`
		Price    decimal.Decimal     `json:"price"`
		Change   decimal.NullDecimal `json:"change_24h_percent"`
		At       time.Time           `json:"updated_at,omitzero"`
	}
	report := struct {
		Source string  `json:"source"`
		Quotes []quote `json:"quotes"`
	}{Source: label, Quotes: make([]quote, len(quotes))}
	for i, q := range quotes {
		report.Quotes[i] = quote{q.Coin.Symbol, q.Coin.ID, q.Coin.Name, q.Currency, q.Price, q.Change, q.At}
	}
	return writeJSON(w, report)
}

func quotesCSV(w io.Writer, label string, quotes []market.Quote) error {
	records := [][]string{{"coin", "id", "name", "currency", "price", "change_24h_percent", "updated_at", "source"}}
	for _, q := range quotes {
		records = append(records, []string{
			q.Coin.Symbol, q.Coin.ID, q.Coin.Name, q.Currency,
			q.Price.String(), text(q.Change), timestamp(q.At), label,
		})
	}
	return writeCSV(w, records)
}
