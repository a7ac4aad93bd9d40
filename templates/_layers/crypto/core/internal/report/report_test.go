package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
	"example.com/app/internal/portfolio"
	"example.com/app/internal/report"
)

const label = "sample (made-up data, not real prices)"

func quote(symbol, currency string, price int64, change decimal.NullDecimal, at time.Time) market.Quote {
	return market.Quote{
		Coin:     market.Coin{ID: strings.ToLower(symbol), Symbol: symbol, Name: "The " + symbol},
		Currency: currency, Price: decimal.NewFromInt(price), Change: change, At: at,
	}
}

func TestQuotesTable(t *testing.T) {
	early := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	up := decimal.NewNullDecimal(decimal.NewFromInt(1))
	quotes := []market.Quote{
		quote("BTC", "usd", 100000, up, early.Add(time.Minute)), quote("BTC", "idr", 1600000000, decimal.NullDecimal{}, early),
		quote("LONGER", "usd", 5, up, early.Add(time.Hour)), quote("LONGER", "idr", 80000, up, early.Add(time.Hour)),
	}
	tests := []struct {
		name   string
		colour bool
		want   string
	}{
		{"plain, with the time of the oldest price", false, `COIN    NAME               USD     24H            IDR     24H
BTC     The BTC     100,000.00  +1.00%  1,600,000,000       -
LONGER  The LONGER        5.00  +1.00%         80,000  +1.00%

Source: sample (made-up data, not real prices), updated 2026-01-01 00:00:00 UTC
`},
		{"colours do not count as width", true, `COIN    NAME               USD     24H            IDR     24H
BTC     The BTC     100,000.00  <+1.00%>  1,600,000,000       -
LONGER  The LONGER        5.00  <+1.00%>         80,000  <+1.00%>

Source: sample (made-up data, not real prices), updated 2026-01-01 00:00:00 UTC
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := report.Quotes(&b, report.FormatTable, label, quotes, report.Style{Colour: tt.colour}); err != nil {
				t.Fatalf("Quotes() = %v", err)
			}
			got := strings.NewReplacer("\x1b[32m", "<", "\x1b[0m", ">").Replace(b.String())
			if got != tt.want {
				t.Errorf("Quotes() =\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestQuotesWithoutATime(t *testing.T) {
	quotes := []market.Quote{quote("BTC", "usd", 1, decimal.NullDecimal{}, time.Time{})}
	for format, want := range map[string]string{
		report.FormatTable: "\nSource: " + label + "\n",
		report.FormatCSV:   "BTC,btc,The BTC,usd,1,,,\"" + label + "\"\n",
		report.FormatJSON:  "\"change_24h_percent\": null\n    }",
	} {
		var b strings.Builder
		if err := report.Quotes(&b, format, label, quotes, report.Style{}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("Quotes(%s) = %v\n%s\nwant %s", format, err, b.String(), want)
		}
	}
}

func history(days int, price func(day int) int64) report.History {
	h := report.History{Coin: market.Coin{ID: "bitcoin", Symbol: "BTC", Name: "Bitcoin"}, Currency: "idr"}
	for day := range days {
		at := time.Date(2026, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		h.Points = append(h.Points, market.Point{At: at, Price: decimal.NewFromInt(price(day))})
	}
	return h
}

func TestChartFits(t *testing.T) {
	zigzag := func(day int) int64 { return 1_600_000_000 + int64(day%7)*50_000_000 }
	for _, width := range []int{36, 40, 60, 80, 133, 200} {
		for _, days := range []int{2, 30, 366} {
			var b strings.Builder
			if err := history(days, zigzag).Write(&b, report.FormatChart, label, report.Style{Width: width}); err != nil {
				t.Fatalf("Write() = %v", err)
			}
			widest := 0
			chart, _, _ := strings.Cut(b.String(), "\nLow")
			for line := range strings.Lines(chart) {
				widest = max(widest, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
			}
			if widest > width || widest < width-6 {
				t.Errorf("chart of %d days is %d wide, want to fill %d:\n%s", days, widest, width, b.String())
			}
		}
	}
}

func TestChartWithoutRoom(t *testing.T) {
	const width = 35 // of which the labels take 13, and the axis 7
	var b strings.Builder
	err := history(2, func(int) int64 { return 1_600_000_000 }).Write(&b, report.FormatChart, label, report.Style{Width: width})
	if !errors.Is(err, report.ErrNarrow) || !strings.Contains(err.Error(), "35 columns, not 36") || b.Len() > 0 {
		t.Errorf("Write() = %v\n%s\nwant %v", err, b.String(), report.ErrNarrow)
	}
}

func TestChartOfOddHistories(t *testing.T) {
	tests := []struct {
		name    string
		history report.History
		want    []string
	}{
		{"one point", history(1, func(int) int64 { return 5 }), []string{"Low 5.00, high 5.00, now 5.00 (0.00% since 21 Mar 2026 00:00 UTC)"}},
		{"flat", history(9, func(int) int64 { return 5 }), []string{"now 5.00 (0.00%", "21 Mar", "29 Mar"}},
		{"two days show hours", history(3, func(day int) int64 { return 5 + int64(day) }), []string{"00:00", "(+40.00%"}},
		{"fall", history(9, func(day int) int64 { return 20 - int64(day) }), []string{"Low 12.00, high 20.00, now 12.00 (-40.00%"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := tt.history.Write(&b, report.FormatChart, label, report.Style{Width: 40}); err != nil {
				t.Fatalf("Write() = %v", err)
			}
			for _, want := range append(tt.want, "BTC (Bitcoin) in IDR\n", "\nSource: "+label) {
				if !strings.Contains(b.String(), want) {
					t.Errorf("Write() =\n%s\nwant %q", b.String(), want)
				}
			}
		})
	}
}

// full is a writer that has no room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestEveryFormatReportsAFailedWriteAndRefusesOthers(t *testing.T) {
	quotes := []market.Quote{quote("BTC", "usd", 1, decimal.NullDecimal{}, time.Time{})}
	chart := history(2, func(int) int64 { return 1 })
	reports := map[string]func(format string) error{
		"quotes":  func(f string) error { return report.Quotes(full{}, f, label, quotes, report.Style{}) },
		"history": func(f string) error { return chart.Write(full{}, f, label, report.Style{Width: 80}) },
		"coins":   func(f string) error { return report.Coins(full{}, f, label, []market.Coin{quotes[0].Coin}) },
		"valuation": func(f string) error {
			return report.Valuation(full{}, f, label, portfolio.Valuation{}, time.Time{}, report.Style{})
		},
	}
	for name, write := range reports {
		human := report.FormatTable
		if name == "history" {
			human = report.FormatChart
		}
		for _, format := range []string{human, report.FormatJSON, report.FormatCSV} {
			if err := write(format); !errors.Is(err, errFull) {
				t.Errorf("%s as %s = %v, want %v", name, format, err, errFull)
			}
		}
		if err := write("xml"); err == nil || !strings.Contains(err.Error(), `"xml"`) {
			t.Errorf("%s as xml = %v, want an error that names the format", name, err)
		}
	}
}
