package sample_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/market"
	"example.com/app/internal/sample"
)

func TestLabelWarns(t *testing.T) {
	if got := (sample.Source{}).Label(); !strings.Contains(got, "sample") || !strings.Contains(got, "not real") {
		t.Errorf("Label() = %q, want a warning", got)
	}
}

func TestQuotesAreTheSameForEver(t *testing.T) {
	var source sample.Source
	btc, err := source.Find(t.Context(), "BTC")
	if err != nil {
		t.Fatalf("Find(BTC) = %v", err)
	}
	got, err := source.Quotes(t.Context(), []market.Coin{btc}, []string{"usd", "idr"})
	if err != nil || len(got) != 2 {
		t.Fatalf("Quotes() = %d quotes, %v, want 2", len(got), err)
	}
	at := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	for i, want := range []string{"100000", "1600000000"} {
		q := got[i]
		if q.Price.String() != want || q.Change.Decimal.String() != "1.1736" || !q.At.Equal(at) {
			t.Errorf("Quotes()[%d] = %+v, want %s at %s, 1.1736 percent up", i, q, want, at)
		}
	}
}

func TestEveryCoinHasAYear(t *testing.T) {
	var source sample.Source
	coins, err := source.Coins(t.Context())
	if err != nil || len(coins) == 0 {
		t.Fatalf("Coins() = %v, %v, want some", coins, err)
	}
	for _, coin := range coins {
		points, err := source.History(t.Context(), coin, "usd", 365)
		if err != nil || len(points) != 366 {
			t.Fatalf("History(%s) = %d points, %v, want 366", coin.Symbol, len(points), err)
		}
		for i, p := range points {
			if !p.Price.IsPositive() || (i > 0 && p.At.Sub(points[i-1].At) != 24*time.Hour) {
				t.Errorf("History(%s)[%d] = %v, want a price, a day after the one before", coin.Symbol, i, p)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	var source sample.Source
	btc := market.Coin{ID: "bitcoin", Symbol: "BTC"}
	if _, err := source.Quotes(t.Context(), []market.Coin{btc}, []string{"eur"}); !errors.Is(err, market.ErrCurrency) {
		t.Errorf("Quotes(eur) = %v, want ErrCurrency", err)
	}
	if _, err := source.History(t.Context(), market.Coin{ID: "x"}, "usd", 1); !errors.Is(err, market.ErrNoPrice) {
		t.Errorf("History(x) = %v, want ErrNoPrice", err)
	}
	if _, err := source.Find(t.Context(), "x"); !errors.Is(err, market.ErrUnknownCoin) {
		t.Errorf("Find(x) = %v, want ErrUnknownCoin", err)
	}
}
