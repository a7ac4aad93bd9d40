package coingecko

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

func coins() []market.Coin { return []market.Coin{{ID: "bitcoin", Symbol: "BTC"}} }

func TestParseQuotesRefuses(t *testing.T) {
	tests := []struct {
		name     string
		body     string
		want     error
		wantText string
	}{
		{"nothing", ``, fetch.ErrBadAnswer, "it is empty"},
		{"a page", `<html>busy</html>`, fetch.ErrBadAnswer, "invalid character"},
		{"a message", `{"error": "coin not found"}`, fetch.ErrBadAnswer, "not of the documented shape"},
		{"null", `null`, market.ErrNoPrice, "BTC in usd: no price"},
		{"no coin", `{}`, market.ErrNoPrice, "BTC in usd: no price"},
		{"no currency", `{"bitcoin": {"eur": 1}}`, market.ErrNoPrice, "BTC in usd: no price"},
		{"null price", `{"bitcoin": {"usd": null}}`, market.ErrNoPrice, "BTC in usd: no price"},
		{"zero", `{"bitcoin": {"usd": 0}}`, fetch.ErrBadAnswer, "not above zero"},
		{"below zero", `{"bitcoin": {"usd": -1}}`, fetch.ErrBadAnswer, "not above zero"},
		{"too big", `{"bitcoin": {"usd": 1e300}}`, fetch.ErrBadAnswer, "out of range"},
		{"words", `{"bitcoin": {"usd": "lots"}}`, fetch.ErrBadAnswer, "not of the documented shape"},
		{"change out of range", `{"bitcoin": {"usd": 1, "usd_24h_change": 1e300}}`, fetch.ErrBadAnswer, "change"},
		{"fall by more than all", `{"bitcoin": {"usd": 1, "usd_24h_change": -100.1}}`, fetch.ErrBadAnswer, "below -100 %"},
		{"time out of range", `{"bitcoin": {"usd": 1, "last_updated_at": 1e300}}`, fetch.ErrBadAnswer, "time"},
		{"time after all times", `{"bitcoin": {"usd": 1, "last_updated_at": 1711356300000}}`, fetch.ErrBadAnswer, "is not a time"},
		{"time before all times", `{"bitcoin": {"usd": 1, "last_updated_at": -1}}`, fetch.ErrBadAnswer, "is not a time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseQuotes([]byte(tt.body), coins(), []string{"usd"})
			if got != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.wantText) {
				t.Errorf("parseQuotes(%s) = %v, %v, want %v, %q", tt.body, got, err, tt.want, tt.wantText)
			}
		})
	}
}

func TestParseHistoryRefuses(t *testing.T) {
	tests := []struct {
		name     string
		body     string
		want     error
		wantText string
	}{
		{"nothing", ``, fetch.ErrBadAnswer, "it is empty"},
		{"no prices", `{}`, market.ErrNoPrice, "the history is empty"},
		{"only gaps", `{"prices": [[1, null]]}`, market.ErrNoPrice, "the history is empty"},
		{"no time", `{"prices": [[null, 1]]}`, fetch.ErrBadAnswer, "not a time and a price"},
		{"half a point", `{"prices": [[1]]}`, fetch.ErrBadAnswer, "not a time and a price"},
		{"zero", `{"prices": [[1, 0]]}`, fetch.ErrBadAnswer, "not above zero"},
		{"time after all times", `{"prices": [[1e15, 1]]}`, fetch.ErrBadAnswer, "is not a time"},
		{"time out of range", `{"prices": [[1e30, 1]]}`, fetch.ErrBadAnswer, "out of range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseHistory([]byte(tt.body))
			if got != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.wantText) {
				t.Errorf("parseHistory(%s) = %v, %v, want %v, %q", tt.body, got, err, tt.want, tt.wantText)
			}
		})
	}
}

func TestParseHistorySorts(t *testing.T) {
	got, err := parseHistory([]byte(`{"prices": [[2000, 2], [1000, 1]]}`))
	if err != nil || len(got) != 2 || got[0].Price.String() != "1" {
		t.Errorf("parseHistory() = %v, %v, want the oldest first", got, err)
	}
}

func TestParseListRefuses(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `[{"symbol": "btc"}]`} {
		if got, err := parseList([]byte(body)); got != nil || !errors.Is(err, fetch.ErrBadAnswer) {
			t.Errorf("parseList(%s) = %v, %v, want ErrBadAnswer", body, got, err)
		}
	}
}

// Whatever the server sends, the program neither panics nor believes in a price
// that cannot be one.
func FuzzParseQuotes(f *testing.F) {
	seed(f, "simple_price.json")
	f.Add([]byte(`{"bitcoin":{"usd":null}}`))
	f.Add([]byte(`{"bitcoin":{"usd":1e-39,"last_updated_at":1e9}}`))
	f.Add([]byte(`{"bitcoin":{"usd":"0x10"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		quotes, err := parseQuotes(body, coins(), []string{"usd"})
		if err != nil {
			return
		}
		if len(quotes) != 1 {
			t.Fatalf("parseQuotes(%q) = %d quotes, want 1", body, len(quotes))
		}
		q := quotes[0]
		if !q.Price.IsPositive() || q.Coin.ID != "bitcoin" || q.Currency != "usd" || q.At.Year() > 2199 || q.Change.Decimal.LessThan(decimal.NewFromInt(-100)) {
			t.Errorf("parseQuotes(%q) = %v, want no such quote", body, q)
		}
	})
}

func FuzzParseHistory(f *testing.F) {
	seed(f, "market_chart.json")
	f.Add([]byte(`{"prices":[[0,1],[1e12,1e-39]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		points, err := parseHistory(body)
		if (err == nil) != (len(points) > 0) {
			t.Fatalf("parseHistory(%q) = %d points, %v, want points or an error", body, len(points), err)
		}
		for i, p := range points {
			if !p.Price.IsPositive() || p.At.Year() > 2199 || (i > 0 && p.At.Before(points[i-1].At)) {
				t.Errorf("parseHistory(%q)[%d] = %v, want no such point there", body, i, p)
			}
		}
	})
}

func FuzzParseList(f *testing.F) {
	seed(f, "coins_list.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		coins, err := parseList(body)
		if err != nil {
			return
		}
		for _, c := range coins {
			if strings.ContainsAny(c.ID+c.Symbol+c.Name, "\x00\x07\x1b\n\r") {
				t.Errorf("parseList(%q) has %q, want no control characters", body, c)
			}
		}
	})
}

func seed(f *testing.F, file string) {
	f.Helper()
	body, err := os.ReadFile("testdata/" + file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
}
