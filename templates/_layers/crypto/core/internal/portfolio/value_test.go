package portfolio_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
	"example.com/app/internal/portfolio"
)

func number(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func show(d decimal.NullDecimal) string {
	if !d.Valid {
		return "unknown"
	}
	return d.Decimal.String()
}

func results(v portfolio.Valuation) string {
	var lines []string
	for _, p := range v.Positions {
		lines = append(lines, strings.Join([]string{p.Coin.Symbol, p.Value.String(), show(p.Cost), show(p.Profit), show(p.Percent)}, " "))
	}
	t := v.Total
	return strings.Join(append(lines, strings.Join([]string{"TOTAL", t.Value.String(), show(t.Cost), show(t.Profit), show(t.Percent)}, " ")), "\n")
}

func TestValue(t *testing.T) {
	type line struct{ coin, amount, cost, currency, price string }
	tests := []struct {
		name  string
		lines []line
		want  string
	}{
		{
			name:  "gain and loss",
			lines: []line{{"BTC", "0.5", "40", "usd", "100"}, {"ETH", "3", "12", "usd", "2"}},
			want:  "BTC 50 40 10 25\nETH 6 12 -6 -50\nTOTAL 56 52 4 7.6923",
		},
		{
			name:  "what floats get wrong",
			lines: []line{{"A", "0.1", "0.01", "usd", "0.1"}, {"B", "0.2", "0.02", "usd", "0.1"}, {"C", "3", "0.3", "usd", "0.1"}},
			want:  "A 0.01 0.01 0 0\nB 0.02 0.02 0 0\nC 0.3 0.3 0 0\nTOTAL 0.33 0.33 0 0",
		},
		{
			name:  "a gift has no percentage",
			lines: []line{{"BTC", "1", "0", "usd", "100"}},
			want:  "BTC 100 0 100 unknown\nTOTAL 100 0 100 unknown",
		},
		{
			name:  "a cost in another currency",
			lines: []line{{"BTC", "1", "50", "usd", "100"}, {"ETH", "1", "50", "idr", "10"}},
			want:  "BTC 100 50 50 100\nETH 10 unknown unknown unknown\nTOTAL 110 unknown unknown unknown",
		},
		{
			name:  "a cost in another currency, first",
			lines: []line{{"ETH", "1", "50", "idr", "10"}, {"BTC", "1", "50", "usd", "100"}},
			want:  "ETH 10 unknown unknown unknown\nBTC 100 50 50 100\nTOTAL 110 unknown unknown unknown",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var holdings []portfolio.Holding
			var quotes []market.Quote
			for _, l := range tt.lines {
				holdings = append(holdings, portfolio.Holding{
					Coin: l.coin, Amount: number(t, l.amount), Cost: number(t, l.cost), Currency: l.currency,
				})
				quotes = append(quotes, market.Quote{
					Coin: market.Coin{Symbol: l.coin}, Currency: "usd", Price: number(t, l.price),
				})
			}
			got, err := portfolio.Value(holdings, quotes, "usd")
			if err != nil || results(got) != tt.want {
				t.Errorf("Value() = %v\n%s\nwant\n%s", err, results(got), tt.want)
			}
		})
	}
}

func TestValueRefusesOtherQuotes(t *testing.T) {
	holdings := []portfolio.Holding{{Coin: "BTC", Amount: decimal.NewFromInt(1), Currency: "usd"}}
	if _, err := portfolio.Value(holdings, nil, "usd"); err == nil {
		t.Error("Value() without quotes = nil, want an error")
	}
	quotes := []market.Quote{{Coin: market.Coin{Symbol: "BTC"}, Currency: "idr", Price: decimal.NewFromInt(1)}}
	if _, err := portfolio.Value(holdings, quotes, "usd"); err == nil {
		t.Error("Value() with a quote in another currency = nil, want an error")
	}
}

func TestUnique(t *testing.T) {
	holdings := []portfolio.Holding{{Coin: "BTC", Line: 3}, {Coin: "ETH", Line: 4}, {Coin: "id:bitcoin", Line: 5}}
	coins := []market.Coin{{ID: "bitcoin"}, {ID: "ethereum"}, {ID: "bitcoin"}}
	err := portfolio.Unique(holdings, coins)
	const want = "line 5: id:bitcoin is already on line 3: put both in one holding"
	if err == nil || err.Error() != want {
		t.Errorf("Unique() = %v, want %s", err, want)
	}
	if err := portfolio.Unique(holdings[:2], coins[:2]); err != nil {
		t.Errorf("Unique() = %v, want nil", err)
	}
}
