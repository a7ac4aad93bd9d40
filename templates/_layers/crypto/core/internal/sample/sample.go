// Package sample makes up prices, so that the program can be tried without a
// network. They are the same on every machine and every day, and they are
// never real.
package sample

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
)

// Source makes up its answers. Its zero value is ready to use.
type Source struct{}

type price struct {
	coin   market.Coin
	usd    string
	places int32 // decimal places of the price on other days
}

func prices() []price {
	return []price{
		{market.Coin{ID: "bitcoin", Symbol: "BTC", Name: "Bitcoin"}, "100000", 0},
		{market.Coin{ID: "ethereum", Symbol: "ETH", Name: "Ethereum"}, "4000", 1},
		{market.Coin{ID: "solana", Symbol: "SOL", Name: "Solana"}, "200", 2},
		{market.Coin{ID: "ripple", Symbol: "XRP", Name: "XRP"}, "2.5", 4},
		{market.Coin{ID: "dogecoin", Symbol: "DOGE", Name: "Dogecoin"}, "0.25", 5},
		{market.Coin{ID: "shiba-inu", Symbol: "SHIB", Name: "Shiba Inu"}, "0.000025", 9},
	}
}

// rate is what one unit of the currency in which prices are noted, the dollar,
// is worth in other currencies.
func rate(currency string) (decimal.Decimal, error) {
	switch currency {
	case "usd":
		return decimal.NewFromInt(1), nil
	case "idr":
		return decimal.NewFromInt(16_000), nil
	default:
		return decimal.Decimal{}, fmt.Errorf("%w: the sample data is in idr and usd, not in %s", market.ErrCurrency, currency)
	}
}

// end is the moment of the newest sample price.
func end() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Label says, wherever a sample price is shown, that it is none.
func (Source) Label() string { return "sample (made-up data, not real prices)" }

// Coins returns the coins that have sample prices.
func (Source) Coins(context.Context) ([]market.Coin, error) {
	var coins []market.Coin
	for _, p := range prices() {
		coins = append(coins, p.coin)
	}
	return coins, nil
}

// Find returns the sample coin with this symbol or id.
func (s Source) Find(ctx context.Context, word string) (market.Coin, error) {
	coins, err := s.Coins(ctx)
	if err != nil {
		return market.Coin{}, err
	}
	return market.Pick(word, coins)
}

// Quotes returns the newest sample price of each coin in each currency.
func (s Source) Quotes(ctx context.Context, coins []market.Coin, currencies []string) ([]market.Quote, error) {
	var quotes []market.Quote
	for _, coin := range coins {
		for _, currency := range currencies {
			points, err := s.History(ctx, coin, currency, 1)
			if err != nil {
				return nil, err
			}
			before, now := points[0].Price, points[1].Price
			change := now.Sub(before).Shift(2).DivRound(before, 4)
			quotes = append(quotes, market.Quote{
				Coin: coin, Currency: currency, Price: now, Change: decimal.NewNullDecimal(change), At: points[1].At,
			})
		}
	}
	return quotes, nil
}

// History returns one sample price for each of the last days, and the newest.
func (Source) History(_ context.Context, coin market.Coin, currency string, days int) ([]market.Point, error) {
	rate, err := rate(currency)
	if err != nil {
		return nil, err
	}
	for _, p := range prices() {
		if p.coin.ID == coin.ID {
			return walk(p, rate, days)
		}
	}
	return nil, fmt.Errorf("%s in %s: %w", coin.Symbol, currency, market.ErrNoPrice)
}

// walk goes back from today's price, a step of a few percent for each day. The
// steps look random but depend on the coin alone.
func walk(p price, rate decimal.Decimal, days int) ([]market.Point, error) {
	usd, err := market.ParsePrice(p.usd)
	if err != nil {
		return nil, fmt.Errorf("sample price of %s: %w", p.coin.Symbol, err)
	}
	seed := uint32(0)
	for _, b := range []byte(p.coin.ID) {
		seed = seed*31 + uint32(b)
	}
	points := make([]market.Point, days+1)
	for i := days; i >= 0; i-- {
		points[i] = market.Point{At: end().AddDate(0, 0, i-days), Price: usd.Mul(rate)}
		seed = seed*1664525 + 1013904223
		step := int64(seed>>16)%600 - 310 // hundredths of a percent
		usd = usd.Mul(decimal.New(10_000+step, -4)).Round(p.places)
	}
	return points, nil
}
