// Package indodax reads prices in rupiah from the public API of Indodax, the
// Indonesian exchange. Its reference is
// https://github.com/btcid/indodax-official-api-docs, Public-RestAPI.md.
package indodax

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

// DefaultURL is where the public API lives.
const DefaultURL = "https://indodax.com"

const rupiah = "idr"

// How long an answer stays true.
const (
	priceTTL   = 15 * time.Second
	historyTTL = 5 * time.Minute
	pairsTTL   = 24 * time.Hour
)

// Source answers from Indodax. The ids of its coins are the exchange's
// "ticker ids", such as btc_idr.
type Source struct {
	client *fetch.Client
	url    string
	now    func() time.Time
}

// New returns a source that asks the API at baseURL.
func New(client *fetch.Client, baseURL string, now func() time.Time) *Source {
	return &Source{client: client, url: strings.TrimSuffix(baseURL, "/"), now: now}
}

// Label says where the prices come from.
func (s *Source) Label() string { return "Indodax" }

// Coins returns the coins that are traded for rupiah.
func (s *Source) Coins(ctx context.Context) ([]market.Coin, error) {
	var coins []market.Coin
	err := s.get(ctx, "/api/pairs", pairsTTL, func(body []byte) (err error) {
		coins, err = parsePairs(body)
		return err
	})
	return coins, err
}

// Find returns the coin with this symbol or ticker id.
func (s *Source) Find(ctx context.Context, word string) (market.Coin, error) {
	coins, err := s.Coins(ctx)
	if err != nil {
		return market.Coin{}, fmt.Errorf("look up %q: %w", word, err)
	}
	return market.Pick(word, coins)
}

// Quotes returns the last price paid for each coin. Every currency other than
// rupiah is market.ErrCurrency.
func (s *Source) Quotes(ctx context.Context, coins []market.Coin, currencies []string) ([]market.Quote, error) {
	for _, currency := range currencies {
		if err := check(currency); err != nil {
			return nil, err
		}
	}
	var quotes []market.Quote
	err := s.get(ctx, "/api/summaries", priceTTL, func(body []byte) (err error) {
		quotes, err = parseQuotes(body, coins)
		return err
	})
	return quotes, err
}

// History returns the closing prices of the last days, oldest first, each at
// the time its candle began.
func (s *Source) History(ctx context.Context, coin market.Coin, currency string, days int) ([]market.Point, error) {
	if err := check(currency); err != nil {
		return nil, err
	}
	to := s.now().UTC().Truncate(time.Minute) // so that the cache can help
	query := url.Values{
		"from":   {strconv.FormatInt(to.AddDate(0, 0, -days).Unix(), 10)},
		"to":     {strconv.FormatInt(to.Unix(), 10)},
		"symbol": {strings.ToUpper(pair(coin))},
		"tf":     {timeFrame(days)},
	}
	var points []market.Point
	err := s.get(ctx, "/tradingview/history_v2?"+query.Encode(), historyTTL, func(body []byte) (err error) {
		points, err = parseHistory(body)
		return err
	})
	return points, err
}

func (s *Source) get(ctx context.Context, path string, ttl time.Duration, parse func([]byte) error) error {
	return s.client.Get(ctx, fetch.Request{URL: s.url + path, TTL: ttl}, parse)
}

func check(currency string) error {
	if currency != rupiah {
		return fmt.Errorf("%w: Indodax has prices in %s, not in %s", market.ErrCurrency, rupiah, currency)
	}
	return nil
}

// timeFrame is the length of a candle that gives a chart some hundred points.
func timeFrame(days int) string {
	switch {
	case days <= 2:
		return "15" // minutes
	case days <= 14:
		return "60"
	case days <= 90:
		return "240"
	default:
		return "1D"
	}
}

// pair is the coin's "pair id": btcidr for the ticker id btc_idr.
func pair(coin market.Coin) string { return strings.ReplaceAll(coin.ID, "_", "") }
