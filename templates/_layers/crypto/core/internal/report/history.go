package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guptarohit/asciigraph"
	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
)

// History is the price of one coin over time, oldest first.
type History struct {
	Coin     market.Coin
	Currency string
	Points   []market.Point // at least one
}

// Write shows the history in the given format.
func (h History) Write(w io.Writer, format, label string, style Style) error {
	switch format {
	case FormatJSON:
		return h.writeJSON(w, label)
	case FormatCSV:
		return h.writeCSV(w, label)
	case FormatChart:
		return h.writeChart(w, label, style)
	default:
		return fmt.Errorf("a history has no format %q", format)
	}
}

// ErrNarrow says that the terminal has no room for a chart.
var ErrNarrow = errors.New("the terminal is too narrow for a chart")

const (
	chartHeight = 12 // lines
	minColumns  = 16 // of the curve itself, to show anything
	maxTicks    = 5  // dates under the curve
	tickColumns = 8  // of a date and the gap after it
)

func (h History) writeChart(w io.Writer, label string, style Style) error {
	first, last := h.Points[0], h.Points[len(h.Points)-1]
	low, high := first.Price, first.Price
	curve := make([]float64, len(h.Points)) // to draw, not to reckon with
	for i, p := range h.Points {
		low, high = decimal.Min(low, p.Price), decimal.Max(high, p.Price)
		curve[i] = p.Price.InexactFloat64()
	}
	price := func(d decimal.Decimal) string { return Price(d, h.Currency) }
	axis := func(f float64) string { return price(decimal.NewFromFloat(f)) }
	date := func(f float64) string {
		layout := "2 Jan"
		if last.At.Sub(first.At) <= 48*time.Hour {
			layout = "15:04"
		}
		return time.Unix(int64(f), 0).UTC().Format(layout)
	}
	labels := max(utf8.RuneCountInString(price(low)), utf8.RuneCountInString(price(high)))
	const margin = 7 // the axis itself, and half a date that sticks out on the right
	columns := style.Width - labels - margin
	if columns < minColumns {
		return fmt.Errorf("%w: it has %d columns, not %d", ErrNarrow, style.Width, labels+margin+minColumns)
	}
	options := []asciigraph.Option{
		asciigraph.Height(chartHeight),
		asciigraph.Width(columns),
		asciigraph.YAxisValueFormatter(axis),
	}
	if last.At.After(first.At) {
		options = append(options,
			asciigraph.XAxisRange(float64(first.At.Unix()), float64(last.At.Unix())),
			asciigraph.XAxisTickCount(min(columns/tickColumns, maxTicks)),
			asciigraph.XAxisValueFormatter(date))
	}

	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) in %s\n\n", h.Coin.Symbol, h.Coin.Name, strings.ToUpper(h.Currency))
	for line := range strings.Lines(asciigraph.Plot(curve, options...)) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	change := decimal.NewNullDecimal(last.Price.Sub(first.Price).Shift(2).DivRound(first.Price, 4))
	fmt.Fprintf(&b, "\nLow %s, high %s, now %s (%s since %s)\n",
		price(low), price(high), price(last.Price), Change(change, style.Colour), first.At.UTC().Format("2 Jan 2006 15:04 UTC"))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return footer(w, label, last.At)
}

func (h History) writeJSON(w io.Writer, label string) error {
	type point struct {
		At    time.Time       `json:"at"`
		Price decimal.Decimal `json:"price"`
	}
	report := struct {
		Source   string  `json:"source"`
		Coin     string  `json:"coin"`
		ID       string  `json:"id"`
		Currency string  `json:"currency"`
		Points   []point `json:"points"`
	}{label, h.Coin.Symbol, h.Coin.ID, h.Currency, make([]point, len(h.Points))}
	for i, p := range h.Points {
		report.Points[i] = point(p)
	}
	return writeJSON(w, report)
}

func (h History) writeCSV(w io.Writer, label string) error {
	records := [][]string{{"at", "coin", "currency", "price", "source"}}
	for _, p := range h.Points {
		records = append(records, []string{timestamp(p.At), h.Coin.Symbol, h.Currency, p.Price.String(), label})
	}
	return writeCSV(w, records)
}
