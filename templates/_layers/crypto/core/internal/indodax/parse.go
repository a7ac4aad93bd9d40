package indodax

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/fetch"
	"example.com/app/internal/market"
)

// Times are documented as milliseconds, but the documented examples are in
// seconds. A number from here on, which would be the year 5138 in seconds, is
// taken for milliseconds.
const firstMillis = 100_000_000_000

// latest is the last moment, in seconds, that is taken for a date: the end of
// the year 2199.
const latest = 7_258_118_399

// changeDigits is how exactly the change of a price is worked out, in percent.
const changeDigits = 4

// parsePairs reads an answer of /api/pairs and returns the coins that are
// traded for rupiah. The symbol is traded_currency_unit: the ticker id of XLM,
// say, need not begin with xlm.
func parsePairs(body []byte) ([]market.Coin, error) {
	var answer []struct {
		Base     string `json:"base_currency"`
		Unit     string `json:"traded_currency_unit"`
		TickerID string `json:"ticker_id"`
	}
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	var coins []market.Coin
	for _, p := range answer {
		if p.Base != rupiah {
			continue
		}
		if p.Unit == "" || p.TickerID == "" {
			return nil, fmt.Errorf("%w: a pair has no name", fetch.ErrBadAnswer)
		}
		symbol := strings.ToUpper(market.Printable(p.Unit))
		coins = append(coins, market.Coin{ID: market.Printable(p.TickerID), Symbol: symbol, Name: symbol})
	}
	if len(coins) == 0 {
		return nil, fmt.Errorf("%w: no pair is in rupiah", fetch.ErrBadAnswer)
	}
	return coins, nil
}

// summaries is an answer of /api/summaries:
//
//	{
//	  "tickers": {"btc_idr": {"last": "117136000", "server_time": 1571206340, "name": "Bitcoin"}},
//	  "prices_24h": {"btcidr": "120002000"}
//	}
//
// It covers the whole exchange. Only what was asked for is decoded further, so
// that one odd coin does not hide all the others.
type summaries struct {
	Tickers map[string]json.RawMessage `json:"tickers"`
	DayAgo  map[string]json.RawMessage `json:"prices_24h"`
}

func parseQuotes(body []byte, coins []market.Coin) ([]market.Quote, error) {
	var answer summaries
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	quotes := make([]market.Quote, len(coins))
	for i, coin := range coins {
		q, err := answer.quote(coin)
		if err != nil {
			return nil, fmt.Errorf("%s in %s: %w", coin.Symbol, rupiah, err)
		}
		quotes[i] = q
	}
	return quotes, nil
}

func (s summaries) quote(coin market.Coin) (market.Quote, error) {
	q := market.Quote{Coin: coin, Currency: rupiah}
	raw, ok := s.Tickers[coin.ID]
	if !ok {
		return q, market.ErrNoPrice
	}
	var ticker struct {
		Last json.Number `json:"last"`
		Time json.Number `json:"server_time"`
		Name string      `json:"name"`
	}
	err := fetch.Decode(raw, &ticker)
	if err != nil {
		return q, err
	}
	if ticker.Last == "" {
		return q, market.ErrNoPrice
	}
	if q.Price, err = market.ParsePrice(ticker.Last.String()); err != nil {
		return q, fmt.Errorf("%w: price %w", fetch.ErrBadAnswer, err)
	}
	if name := market.Printable(ticker.Name); name != "" {
		q.Coin.Name = name
	}
	if ticker.Time != "" {
		if q.At, err = moment(ticker.Time); err != nil {
			return q, err
		}
	}
	if raw, ok := s.DayAgo[pair(coin)]; ok {
		q.Change, err = change(raw, q.Price)
	}
	return q, err
}

// change is how far price is from the price of a day ago, in percent.
func change(dayAgo json.RawMessage, price decimal.Decimal) (decimal.NullDecimal, error) {
	var n json.Number
	if err := fetch.Decode(dayAgo, &n); err != nil {
		return decimal.NullDecimal{}, err
	}
	if n == "" {
		return decimal.NullDecimal{}, nil
	}
	before, err := market.ParseNumber(n.String())
	if err != nil || before.IsNegative() {
		return decimal.NullDecimal{}, fmt.Errorf("%w: %s is not the price of a day ago", fetch.ErrBadAnswer, n)
	}
	if before.IsZero() { // the coin was not traded yet
		return decimal.NullDecimal{}, nil
	}
	return decimal.NewNullDecimal(price.Sub(before).Shift(2).DivRound(before, changeDigits)), nil
}

// parseHistory reads an answer of /tradingview/history_v2:
//
//	[{"Time": 1699328700, "Open": 0.9999, "Close": 0.9999}]
func parseHistory(body []byte) ([]market.Point, error) {
	var answer []struct {
		Time  json.Number
		Close json.Number
	}
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	points := make([]market.Point, 0, len(answer))
	for _, candle := range answer {
		at, err := moment(candle.Time)
		if err != nil {
			return nil, err
		}
		price, err := market.ParsePrice(candle.Close.String())
		if err != nil {
			return nil, fmt.Errorf("%w: price %w", fetch.ErrBadAnswer, err)
		}
		points = append(points, market.Point{At: at, Price: price})
	}
	if len(points) == 0 {
		return nil, fmt.Errorf("%w: the history is empty", market.ErrNoPrice)
	}
	slices.SortStableFunc(points, func(a, b market.Point) int { return a.At.Compare(b.At) })
	return points, nil
}

func moment(n json.Number) (time.Time, error) {
	t, err := n.Int64()
	if t >= firstMillis {
		t /= 1000
	}
	if err != nil || t < 0 || t > latest {
		return time.Time{}, fmt.Errorf("%w: %q is not a time", fetch.ErrBadAnswer, n)
	}
	return time.Unix(t, 0).UTC(), nil
}
