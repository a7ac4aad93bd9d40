package portfolio_test

import (
	"strings"
	"testing"

	"example.com/app/internal/portfolio"
)

func TestParse(t *testing.T) {
	const text = `
# mine
currency: IDR
holdings:
  - coin: BTC
    amount: 0.123456789012345678901
    cost: 42000000
  - {coin: "id:ethereum", amount: "1.5", cost: 0, currency: usd}
`
	got, err := portfolio.Parse([]byte(text))
	if err != nil || got.Currency != "idr" || len(got.Holdings) != 2 {
		t.Fatalf("Parse() = %+v, %v, want two holdings in idr", got, err)
	}
	btc, eth := got.Holdings[0], got.Holdings[1]
	if btc.Coin != "BTC" || btc.Amount.String() != "0.123456789012345678901" || btc.Cost.String() != "42000000" || btc.Currency != "idr" || btc.Line != 5 {
		t.Errorf("Parse() first = %+v, want every digit of line 5", btc)
	}
	if eth.Coin != "id:ethereum" || eth.Amount.String() != "1.5" || !eth.Cost.IsZero() || eth.Currency != "usd" || eth.Line != 8 {
		t.Errorf("Parse() second = %+v, want ethereum, free, in usd", eth)
	}
}

func TestParseRefuses(t *testing.T) {
	const head = "currency: idr\nholdings:\n"
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"nothing", "", []string{"the file is empty"}},
		{"only a comment", "# mine\n", []string{"the file is empty"}},
		{"only null", "~\n", []string{"the file is empty"}},
		{"no YAML", "currency: idr\nholdings: a: b", []string{"line 2: not YAML: mapping values"}},
		{"control character", "\x00", []string{"line 1: not YAML: control characters"}},
		{"a list", "- coin: BTC", []string{"line 1: the portfolio is not a set of keys and values"}},
		{"two documents", head + "  - {coin: BTC, amount: 1, cost: 1}\n---\na: 1", []string{"more than one document"}},
		{"no holdings", "currency: idr", []string{"there are no holdings"}},
		{"no currency", "holdings:\n  - {coin: BTC, amount: 1, cost: 1}", []string{"line 1: currency is missing"}},
		{"currency that is none", "currency: 12\nholdings:\n  - {coin: BTC, amount: 1, cost: 1}", []string{`line 1: currency: "12" is not a currency`}},
		{"unknown key", head + "  - {coin: BTC, amount: 1, cost: 1, price: 2}", []string{`line 3: unknown key "price"`}},
		{"misspelt key", head + "  - {coin: BTC, amont: 1, cost: 1}", []string{`line 3: unknown key "amont": did you mean amount?`, "line 3: amount is missing"}},
		{"misspelt key at the top", "curency: idr", []string{`line 1: unknown key "curency": did you mean currency?`}},
		{"holdings that are none", "currency: idr\nholdings: x", []string{"line 2: holdings is not a list"}},
		{"holding that is none", head + "  - BTC\n  - coin: ETH", []string{"line 3: the holding is not a set", "line 4: amount is missing"}},
		{"null holdings", "currency: idr\nholdings:", []string{"there are no holdings"}},
		{"null value", head + "  - {coin: BTC, amount: 1, cost: }", []string{"line 3: cost is empty"}},
		{"key twice", head + "  - {coin: BTC, amount: 1, amount: 2, cost: 1}", []string{"line 3: amount is already on line 3"}},
		{"words", head + "  - coin: BTC\n    amount: lots\n    cost: 1", []string{`line 4: amount: "lots" is not a number`}},
		{"separators", head + "  - coin: BTC\n    amount: 1\n    cost: 1,000", []string{`line 5: cost: "1,000" is not a number`}},
		{"negative amount", head + "  - coin: BTC\n    amount: -1\n    cost: 1", []string{`line 4: amount: "-1" is not above zero`}},
		{"zero amount", head + "  - coin: BTC\n    amount: 0\n    cost: 1", []string{`line 4: amount: "0" is not above zero`}},
		{"negative cost", head + "  - coin: BTC\n    amount: 1\n    cost: -1", []string{`line 5: cost: "-1" is below zero`}},
		{"infinity", head + "  - coin: BTC\n    amount: .inf\n    cost: 1", []string{`line 4: amount: ".inf" is not a number`}},
		{"missing values", head + "  - coin: BTC", []string{"line 3: amount is missing", "line 3: cost is missing"}},
		{"missing coin", head + "  - amount: 1\n    cost: 2", []string{"line 3: coin is missing"}},
		{"empty coin", head + "  - coin: ''\n    amount: 1\n    cost: 2", []string{"line 3: coin: it is empty"}},
		{"list for a value", head + "  - coin: BTC\n    amount: [1, 2]\n    cost: 2", []string{"line 4: amount is not a single value"}},
		{"wrong currency of a holding", head + "  - {coin: BTC, amount: 1, cost: 1, currency: '?'}", []string{`line 3: currency: "?" is not a currency`}},
		{
			"coin twice", head + "  - {coin: BTC, amount: 1, cost: 1}\n  - {coin: btc, amount: 2, cost: 2}",
			[]string{"line 4: btc is already on line 3: put both in one holding"},
		},
		{
			"everything at once", head + "  - {coin: BTC, amount: 0, cost: x}\n  - {coin: ETH, amount: y, cost: 1}",
			[]string{"line 3: amount", "line 3: cost", "line 4: amount"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := portfolio.Parse([]byte(tt.text))
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "struct") {
					t.Errorf("Parse() = %v, want %q", err, want)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("currency: idr\nholdings:\n  - {coin: BTC, amount: 0.5, cost: 1}\n"))
	f.Add([]byte("currency: idr\nholdings:\n  - &a {coin: BTC, amount: 1e3, cost: 0}\n  - *a\n"))
	f.Add([]byte("holdings: {}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := portfolio.Parse(data)
		if err != nil {
			return
		}
		for _, h := range p.Holdings {
			if h.Coin == "" || !h.Amount.IsPositive() || h.Cost.IsNegative() || h.Currency == "" {
				t.Errorf("Parse(%q) accepts %+v", data, h)
			}
		}
	})
}
