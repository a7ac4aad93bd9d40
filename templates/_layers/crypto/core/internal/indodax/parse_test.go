package indodax

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

func coins() []market.Coin { return []market.Coin{{ID: "btc_idr", Symbol: "BTC"}} }

func TestParseQuotesRefuses(t *testing.T) {
	tests := []struct {
		name     string
		body     string
		want     error
		wantText string
	}{
		{"nothing", ``, fetch.ErrBadAnswer, "it is empty"},
		{"a page", `<html>busy</html>`, fetch.ErrBadAnswer, "invalid character"},
		{"a message", `{"error": "invalid_pair"}`, market.ErrNoPrice, "BTC in idr: no price"},
		{"null", `null`, market.ErrNoPrice, "BTC in idr: no price"},
		{"null ticker", `{"tickers": {"btc_idr": null}}`, market.ErrNoPrice, "BTC in idr: no price"},
		{"null price", `{"tickers": {"btc_idr": {"last": null}}}`, market.ErrNoPrice, "BTC in idr: no price"},
		{"zero", `{"tickers": {"btc_idr": {"last": "0"}}}`, fetch.ErrBadAnswer, "not above zero"},
		{"below zero", `{"tickers": {"btc_idr": {"last": -5}}}`, fetch.ErrBadAnswer, "not above zero"},
		{"words", `{"tickers": {"btc_idr": {"last": "lots"}}}`, fetch.ErrBadAnswer, "not of the documented shape"},
		{"ticker of another shape", `{"tickers": {"btc_idr": [1]}}`, fetch.ErrBadAnswer, "not of the documented shape"},
		{"time that is none", `{"tickers": {"btc_idr": {"last": "1", "server_time": 1.5}}}`, fetch.ErrBadAnswer, "is not a time"},
		{"time before all times", `{"tickers": {"btc_idr": {"last": "1", "server_time": -1}}}`, fetch.ErrBadAnswer, "is not a time"},
		{"time after all times", `{"tickers": {"btc_idr": {"last": "1", "server_time": 9999999999999999}}}`, fetch.ErrBadAnswer, "is not a time"},
		{"change that is none", `{"tickers": {"btc_idr": {"last": "1"}}, "prices_24h": {"btcidr": []}}`, fetch.ErrBadAnswer, "not of the documented shape"},
		{"change from below zero", `{"tickers": {"btc_idr": {"last": "1"}}, "prices_24h": {"btcidr": "-1"}}`, fetch.ErrBadAnswer, "price of a day ago"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseQuotes([]byte(tt.body), coins())
			if got != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.wantText) {
				t.Errorf("parseQuotes(%s) = %v, %v, want %v, %q", tt.body, got, err, tt.want, tt.wantText)
			}
		})
	}
}

func TestParseQuotesWithoutChange(t *testing.T) {
	for _, dayAgo := range []string{`null`, `"0"`, `0`} {
		body := `{"tickers": {"btc_idr": {"last": "1"}}, "prices_24h": {"btcidr": ` + dayAgo + `}}`
		got, err := parseQuotes([]byte(body), coins())
		if err != nil || got[0].Change.Valid || !got[0].At.IsZero() {
			t.Errorf("parseQuotes(%s) = %v, %v, want a quote without change and time", body, got, err)
		}
	}
}

func TestParsePairsRefuses(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `[{"base_currency": "usdt", "ticker_id": "btc_usdt"}]`, `[{"base_currency": "idr"}]`} {
		if got, err := parsePairs([]byte(body)); got != nil || !errors.Is(err, fetch.ErrBadAnswer) {
			t.Errorf("parsePairs(%s) = %v, %v, want ErrBadAnswer", body, got, err)
		}
	}
}

func TestParseHistoryRefuses(t *testing.T) {
	tests := []struct {
		name, body string
		want       error
	}{
		{"nothing", ``, fetch.ErrBadAnswer},
		{"no candle", `[]`, market.ErrNoPrice},
		{"null", `null`, market.ErrNoPrice},
		{"no close", `[{"Time": 1}]`, fetch.ErrBadAnswer},
		{"no time", `[{"Close": 1}]`, fetch.ErrBadAnswer},
		{"zero", `[{"Time": 1, "Close": 0}]`, fetch.ErrBadAnswer},
		{"a message", `{"s": "error"}`, fetch.ErrBadAnswer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := parseHistory([]byte(tt.body)); got != nil || !errors.Is(err, tt.want) {
				t.Errorf("parseHistory(%s) = %v, %v, want %v", tt.body, got, err, tt.want)
			}
		})
	}
}

func TestParseHistorySorts(t *testing.T) {
	got, err := parseHistory([]byte(`[{"Time": 2, "Close": 2}, {"Time": 1, "Close": 1}]`))
	if err != nil || len(got) != 2 || got[0].Price.String() != "1" {
		t.Errorf("parseHistory() = %v, %v, want the oldest first", got, err)
	}
}

// Whatever the server sends, the program neither panics nor believes in a price
// that cannot be one.
func FuzzParseQuotes(f *testing.F) {
	seed(f, "summaries.json")
	f.Add([]byte(`{"tickers":{"btc_idr":{"last":"1e-39","server_time":1571206340}},"prices_24h":{"btcidr":1e23}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		quotes, err := parseQuotes(body, coins())
		if err != nil {
			return
		}
		if len(quotes) != 1 {
			t.Fatalf("parseQuotes(%q) = %d quotes, want 1", body, len(quotes))
		}
		q := quotes[0]
		if !q.Price.IsPositive() || q.Coin.ID != "btc_idr" || q.Currency != "idr" || q.At.Year() > 2199 || q.Change.Decimal.LessThan(decimal.NewFromInt(-100)) {
			t.Errorf("parseQuotes(%q) = %v, want no such quote", body, q)
		}
	})
}

func FuzzParseHistory(f *testing.F) {
	seed(f, "history.json")
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

func FuzzParsePairs(f *testing.F) {
	seed(f, "pairs.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		coins, err := parsePairs(body)
		if err != nil {
			return
		}
		for _, c := range coins {
			if strings.ContainsAny(c.ID+c.Symbol+c.Name, "\x00\x07\x1b\n\r") {
				t.Errorf("parsePairs(%q) has %q, want no control characters", body, c)
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
