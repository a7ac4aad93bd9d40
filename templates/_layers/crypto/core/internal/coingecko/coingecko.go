// Package coingecko reads prices from the public API of CoinGecko.
// Its reference is https://docs.coingecko.com/demo/reference.
package coingecko

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

// DefaultURL is where the public API lives.
const DefaultURL = "https://api.coingecko.com/api/v3"

// How long an answer stays true. The public API itself renews its prices every
// 60 seconds.
const (
	priceTTL   = time.Minute
	historyTTL = 5 * time.Minute
	listTTL    = 24 * time.Hour
)

// Source answers from CoinGecko.
type Source struct {
	client *fetch.Client
	url    string
	key    string
}

// New returns a source that asks the API at baseURL. The demo API key may be
// empty: CoinGecko then allows fewer requests.
func New(client *fetch.Client, baseURL, key string) *Source {
	return &Source{client: client, url: strings.TrimSuffix(baseURL, "/"), key: key}
}

// Label says where the prices come from.
func (s *Source) Label() string { return "CoinGecko" }

// Coins returns the well-known coins, the biggest first. Find knows many more.
func (s *Source) Coins(context.Context) ([]market.Coin, error) { return wellKnown(), nil }

// Find returns the coin with this symbol or id. A well-known symbol means the
// well-known coin; every other word is looked up in CoinGecko's whole list,
// where it must be unique.
func (s *Source) Find(ctx context.Context, word string) (market.Coin, error) {
	known := wellKnown()
	coin, err := market.Pick(word, known)
	if err == nil {
		return coin, nil
	}
	var coins []market.Coin
	if err := s.get(ctx, "/coins/list", nil, listTTL, func(body []byte) (err error) {
		coins, err = parseList(body)
		return err
	}); err != nil {
		return market.Coin{}, fmt.Errorf("look up %q: %w", word, err)
	}
	coin, err = market.Pick(word, coins)
	if unknown, ok := errors.AsType[*market.UnknownCoinError](err); ok {
		// Among thousands of coins some are always written alike.
		if near := market.Near(word, known); len(near) > 0 {
			unknown.Near = near
		}
	}
	return coin, err
}

// Quotes returns a quote for each coin in each currency, coin by coin.
// A price that is missing is market.ErrNoPrice.
func (s *Source) Quotes(ctx context.Context, coins []market.Coin, currencies []string) ([]market.Quote, error) {
	ids := make([]string, len(coins))
	for i, c := range coins {
		ids[i] = c.ID
	}
	query := url.Values{
		"ids":                     {strings.Join(ids, ",")},
		"vs_currencies":           {strings.Join(currencies, ",")},
		"include_24hr_change":     {"true"},
		"include_last_updated_at": {"true"},
		"precision":               {"full"},
	}
	var quotes []market.Quote
	err := s.get(ctx, "/simple/price", query, priceTTL, func(body []byte) (err error) {
		quotes, err = parseQuotes(body, coins, currencies)
		return err
	})
	return quotes, err
}

// History returns the price over the last days, oldest first: every 5 minutes
// for one day, every hour up to 90 days, and beyond that every day.
func (s *Source) History(ctx context.Context, coin market.Coin, currency string, days int) ([]market.Point, error) {
	query := url.Values{
		"vs_currency": {currency},
		"days":        {strconv.Itoa(days)},
		"precision":   {"full"},
	}
	var points []market.Point
	err := s.get(ctx, "/coins/"+url.PathEscape(coin.ID)+"/market_chart", query, historyTTL, func(body []byte) (err error) {
		points, err = parseHistory(body)
		return err
	})
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && status.Code == http.StatusNotFound {
		return nil, &market.UnknownCoinError{Word: coin.ID}
	}
	return points, err
}

func (s *Source) get(ctx context.Context, path string, query url.Values, ttl time.Duration, parse func([]byte) error) error {
	r := fetch.Request{URL: s.url + path, TTL: ttl}
	if len(query) > 0 {
		r.URL += "?" + query.Encode()
	}
	if s.key != "" {
		r.Header = http.Header{"X-Cg-Demo-Api-Key": {s.key}}
	}
	return s.client.Get(ctx, r, parse)
}
