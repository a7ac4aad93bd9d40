package coingecko_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/coingecko"
	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

// server answers each path with a recorded file, and notes what it is asked.
type server struct {
	files map[string]string
	asked []*http.Request
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r)
	name, ok := s.files[r.URL.Path]
	if !ok {
		http.Error(w, `{"error":"coin not found"}`, http.StatusNotFound)
		return
	}
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body)
}

func start(t *testing.T, key string) (*coingecko.Source, *server) {
	t.Helper()
	s := &server{files: map[string]string{
		"/api/v3/simple/price":               "simple_price.json",
		"/api/v3/coins/bitcoin/market_chart": "market_chart.json",
		"/api/v3/coins/list":                 "coins_list.json",
	}}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	client := fetch.New(5*time.Second, "prices/test", nil, nil)
	return coingecko.New(client, ts.URL+"/api/v3/", key), s
}

func bitcoin() market.Coin {
	return market.Coin{ID: "bitcoin", Symbol: "BTC", Name: "Bitcoin"}
}

func shiba() market.Coin {
	return market.Coin{ID: "shiba-inu", Symbol: "SHIB", Name: "Shiba Inu"}
}

func TestQuotes(t *testing.T) {
	source, server := start(t, "demo-key")
	got, err := source.Quotes(t.Context(), []market.Coin{shiba(), bitcoin()}, []string{"usd", "idr"})
	if err != nil {
		t.Fatalf("Quotes() = %v", err)
	}
	updated := time.Date(2024, time.March, 25, 8, 45, 0, 0, time.UTC)
	want := []struct {
		id, currency, price, change string
		at                          time.Time
	}{
		{"shiba-inu", "usd", "0.00002784", "", time.Time{}},
		{"shiba-inu", "idr", "0.4394", "", time.Time{}},
		{"bitcoin", "usd", "67187.3358936566", "3.63727894677354", updated},
		{"bitcoin", "idr", "1060548310.5123456789012345", "-0.5", updated},
	}
	if len(got) != len(want) {
		t.Fatalf("Quotes() = %d quotes, want %d", len(got), len(want))
	}
	for i, w := range want {
		q := got[i]
		change := ""
		if q.Change.Valid {
			change = q.Change.Decimal.String()
		}
		if q.Coin.ID != w.id || q.Currency != w.currency || q.Price.String() != w.price || change != w.change || !q.At.Equal(w.at) {
			t.Errorf("Quotes()[%d] = %+v, want %+v", i, q, w)
		}
	}

	query := server.asked[0].URL.Query()
	for name, want := range map[string]string{
		"ids": "shiba-inu,bitcoin", "vs_currencies": "usd,idr", "precision": "full",
		"include_24hr_change": "true", "include_last_updated_at": "true",
	} {
		if got := query.Get(name); got != want {
			t.Errorf("query %s = %q, want %q", name, got, want)
		}
	}
	if got := server.asked[0].Header.Get("x-cg-demo-api-key"); got != "demo-key" {
		t.Errorf("API key header = %q, want demo-key", got)
	}
}

func TestQuotesWithoutKey(t *testing.T) {
	source, server := start(t, "")
	if _, err := source.Quotes(t.Context(), []market.Coin{bitcoin()}, []string{"usd"}); err != nil {
		t.Fatalf("Quotes() = %v", err)
	}
	if got, sent := server.asked[0].Header["X-Cg-Demo-Api-Key"]; sent {
		t.Errorf("API key header = %q, want none", got)
	}
}

func TestQuotesMissing(t *testing.T) {
	source, _ := start(t, "")
	tests := []struct {
		name     string
		coin     market.Coin
		currency string
		wantText string
	}{
		{"coin", market.Coin{ID: "nothing", Symbol: "NO"}, "usd", "NO in usd: no price"},
		{"currency", bitcoin(), "xyz", "BTC in xyz: no price"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := source.Quotes(t.Context(), []market.Coin{tt.coin}, []string{tt.currency})
			if !errors.Is(err, market.ErrNoPrice) || err.Error() != tt.wantText || got != nil {
				t.Errorf("Quotes() = %v, %v, want no quote and %s", got, err, tt.wantText)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	source, server := start(t, "")
	got, err := source.History(t.Context(), bitcoin(), "usd", 30)
	if err != nil {
		t.Fatalf("History() = %v", err)
	}
	var prices []string
	for _, p := range got {
		prices = append(prices, p.At.Format("2006-01-02T15:04:05Z")+" "+p.Price.String())
	}
	want := []string{
		"2024-03-31T00:00:00Z 69702.3087473573",
		"2024-04-01T00:00:00Z 71246.9514406015",
		"2024-04-01T15:01:22Z 68887.7495158568",
	}
	if !slices.Equal(prices, want) {
		t.Errorf("History() = %q, want %q, without the gap", prices, want)
	}
	query := server.asked[0].URL.Query()
	if query.Get("vs_currency") != "usd" || query.Get("days") != "30" || query.Get("precision") != "full" {
		t.Errorf("query = %v, want usd, 30 days, full precision", query)
	}
}

func TestHistoryOfUnknownCoin(t *testing.T) {
	source, _ := start(t, "")
	_, err := source.History(t.Context(), market.Coin{ID: "a/../b"}, "usd", 1)
	if !errors.Is(err, market.ErrUnknownCoin) {
		t.Errorf("History() = %v, want ErrUnknownCoin", err)
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name      string
		word      string
		wantID    string
		want      error
		wantNear  []string
		wantAsked int
	}{
		{name: "well-known symbol, whoever else has it", word: "btc", wantID: "bitcoin"},
		{name: "well-known id", word: "avalanche-2", wantID: "avalanche-2"},
		{name: "marked well-known id", word: "id:ripple", wantID: "ripple"},
		{name: "unique symbol", word: "ZRX", wantID: "0x", wantAsked: 1},
		{name: "other id", word: "batcat", wantID: "batcat", wantAsked: 1},
		{name: "shared symbol", word: "WOLF", want: market.ErrAmbiguousCoin, wantAsked: 1},
		{name: "marked id of a shared symbol", word: "id:landwolf", wantID: "landwolf", wantAsked: 1},
		{name: "slip", word: "BTX", want: market.ErrUnknownCoin, wantNear: []string{"BTC"}, wantAsked: 1},
		{name: "slip in the long list", word: "batcta", want: market.ErrUnknownCoin, wantNear: []string{"BTC"}, wantAsked: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, server := start(t, "")
			got, err := source.Find(t.Context(), tt.word)
			if got.ID != tt.wantID || !errors.Is(err, tt.want) || len(server.asked) != tt.wantAsked {
				t.Errorf("Find(%q) = %q, %v after %d requests, want %q, %v after %d",
					tt.word, got.ID, err, len(server.asked), tt.wantID, tt.want, tt.wantAsked)
			}
			if unknown, ok := errors.AsType[*market.UnknownCoinError](err); ok && !slices.Equal(unknown.Near, tt.wantNear) {
				t.Errorf("Find(%q) suggests %q, want %q", tt.word, unknown.Near, tt.wantNear)
			}
		})
	}
}

func TestFindDropsControlCharacters(t *testing.T) {
	source, _ := start(t, "")
	got, err := source.Find(t.Context(), "landwolf")
	if err != nil || got.Name != "Landwolf[2J Too" {
		t.Errorf("Find(landwolf) = %q, %v, want a name without escape characters", got.Name, err)
	}
}

func TestFindWhenTheListCannotBeHad(t *testing.T) {
	source, server := start(t, "")
	server.files = nil
	_, err := source.Find(t.Context(), "ZRX")
	if err == nil || !strings.HasPrefix(err.Error(), `look up "ZRX": `) || errors.Is(err, market.ErrUnknownCoin) {
		t.Errorf("Find(ZRX) = %v, want an error about the look-up, not about the coin", err)
	}
}

func TestWellKnownCoinsAreUnique(t *testing.T) {
	source, _ := start(t, "")
	coins, err := source.Coins(t.Context())
	if err != nil || len(coins) < 50 {
		t.Fatalf("Coins() = %d coins, %v, want at least 50", len(coins), err)
	}
	for _, coin := range coins {
		for _, word := range []string{coin.Symbol, coin.ID} {
			if got, err := market.Pick(word, coins); got != coin || err != nil {
				t.Errorf("Pick(%q) = %v, %v, want %v", word, got, err, coin)
			}
		}
	}
}
