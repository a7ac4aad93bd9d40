package indodax_test

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

	"example.com/app/internal/fetch"
	"example.com/app/internal/indodax"
	"example.com/app/internal/market"
)

// server answers each path with a recorded file, and notes what it is asked.
type server struct {
	files map[string]string
	asked []*http.Request
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r)
	body, err := os.ReadFile(filepath.Join("testdata", s.files[r.URL.Path]))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(body)
}

func start(t *testing.T) (*indodax.Source, *server) {
	t.Helper()
	s := &server{files: map[string]string{
		"/api/pairs":              "pairs.json",
		"/api/summaries":          "summaries.json",
		"/tradingview/history_v2": "history.json",
	}}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	now := func() time.Time { return time.Date(2023, time.November, 7, 8, 50, 9, 0, time.UTC) }
	return indodax.New(fetch.New(5*time.Second, "prices/test", nil, nil), ts.URL+"/", now), s
}

func find(t *testing.T, source *indodax.Source, word string) market.Coin {
	t.Helper()
	coin, err := source.Find(t.Context(), word)
	if err != nil {
		t.Fatalf("Find(%q) = %v", word, err)
	}
	return coin
}

func TestFind(t *testing.T) {
	source, _ := start(t)
	for _, word := range []string{"BTC", "btc", "btc_idr", "id:btc_idr"} {
		if got := find(t, source, word); got.ID != "btc_idr" || got.Symbol != "BTC" {
			t.Errorf("Find(%q) = %v, want the pair with rupiah", word, got)
		}
	}
	_, err := source.Find(t.Context(), "BTX")
	unknown, ok := errors.AsType[*market.UnknownCoinError](err)
	if !ok || !slices.Equal(unknown.Near, []string{"BTC"}) {
		t.Errorf("Find(BTX) = %v, want an unknown coin near BTC", err)
	}
}

func TestFindWhenThePairsCannotBeHad(t *testing.T) {
	source, server := start(t)
	server.files = nil
	_, err := source.Find(t.Context(), "BTC")
	if err == nil || !strings.HasPrefix(err.Error(), `look up "BTC": `) || errors.Is(err, market.ErrUnknownCoin) {
		t.Errorf("Find(BTC) = %v, want an error about the look-up, not about the coin", err)
	}
}

func TestQuotes(t *testing.T) {
	source, _ := start(t)
	coins := []market.Coin{find(t, source, "TEN"), find(t, source, "BTC")}
	got, err := source.Quotes(t.Context(), coins, []string{"idr"})
	if err != nil || len(got) != 2 {
		t.Fatalf("Quotes() = %d quotes, %v, want 2", len(got), err)
	}
	at := time.Date(2019, time.October, 16, 6, 12, 20, 0, time.UTC)
	ten, btc := got[0], got[1]
	if ten.Price.String() != "511" || ten.Change.Valid || ten.Coin.Name != "TEN" || !ten.At.Equal(at) {
		t.Errorf("Quotes()[0] = %+v, want TEN at 511, of %s, without a change", ten, at)
	}
	// (117136000 - 120002000) / 120002000
	if btc.Price.String() != "117136000" || btc.Change.Decimal.String() != "-2.3883" || btc.Coin.Name != "Bitcoin" || !btc.At.Equal(at) {
		t.Errorf("Quotes()[1] = %+v, want Bitcoin at 117136000, of %s, 2.3883 percent down", btc, at)
	}
}

func TestQuotesRefuses(t *testing.T) {
	source, server := start(t)
	coin := find(t, source, "BTC")
	tests := []struct {
		name       string
		coin       market.Coin
		currencies []string
		want       error
		wantText   string
	}{
		{"dollars", coin, []string{"idr", "usd"}, market.ErrCurrency, "Indodax has prices in idr, not in usd"},
		{"a coin that is gone", market.Coin{ID: "old_idr", Symbol: "OLD"}, []string{"idr"}, market.ErrNoPrice, "OLD in idr: no price"},
		{"an empty price", market.Coin{ID: "odd_idr", Symbol: "ODD"}, []string{"idr"}, fetch.ErrBadAnswer, "ODD in idr: unusable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := source.Quotes(t.Context(), []market.Coin{tt.coin}, tt.currencies)
			if got != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.wantText) {
				t.Errorf("Quotes() = %v, %v, want %v, %q", got, err, tt.want, tt.wantText)
			}
		})
	}
	if got := len(server.asked); got != 3 {
		t.Errorf("%d requests, want 3: none for dollars", got)
	}
}

func TestHistory(t *testing.T) {
	tests := []struct {
		name      string
		days      int
		wantFrame string
		wantFrom  string
	}{
		{"day", 1, "15", "1699260600"},
		{"week", 7, "60", "1698742200"},
		{"month", 30, "240", "1696755000"},
		{"year", 365, "1D", "1667811000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, server := start(t)
			got, err := source.History(t.Context(), find(t, source, "BTC"), "idr", tt.days)
			if err != nil || len(got) != 3 {
				t.Fatalf("History() = %d points, %v, want 3", len(got), err)
			}
			last := got[2]
			if last.Price.String() != "0.9995" || !last.At.Equal(time.Date(2023, time.November, 7, 4, 15, 0, 0, time.UTC)) {
				t.Errorf("History()[2] = %v, want the close of the last candle", last)
			}
			query := server.asked[1].URL.Query()
			for name, want := range map[string]string{
				"symbol": "BTCIDR", "tf": tt.wantFrame, "from": tt.wantFrom, "to": "1699347000",
			} {
				if got := query.Get(name); got != want {
					t.Errorf("query %s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestHistoryInDollars(t *testing.T) {
	source, _ := start(t)
	if _, err := source.History(t.Context(), find(t, source, "BTC"), "usd", 1); !errors.Is(err, market.ErrCurrency) {
		t.Errorf("History() = %v, want ErrCurrency", err)
	}
}
