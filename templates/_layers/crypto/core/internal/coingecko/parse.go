package coingecko

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

// latest is the last moment, in milliseconds since 1970, that is taken for a
// date: the end of the year 2199.
const latest = 7_258_118_399_999

// parseQuotes reads an answer of /simple/price:
//
//	{"bitcoin": {"usd": 67187.33, "usd_24h_change": 3.6, "last_updated_at": 1711356300}}
//
// A coin or currency that CoinGecko does not know is simply left out.
func parseQuotes(body []byte, coins []market.Coin, currencies []string) ([]market.Quote, error) {
	var answer map[string]map[string]*json.Number
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	quotes := make([]market.Quote, 0, len(coins)*len(currencies))
	for _, coin := range coins {
		fields := answer[coin.ID]
		for _, currency := range currencies {
			q, err := parseQuote(fields, coin, currency)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", coin.Symbol, currency, err)
			}
			quotes = append(quotes, q)
		}
	}
	return quotes, nil
}

func parseQuote(fields map[string]*json.Number, coin market.Coin, currency string) (market.Quote, error) {
	q := market.Quote{Coin: coin, Currency: currency}
	price := fields[currency]
	if price == nil {
		return q, market.ErrNoPrice
	}
	var err error
	if q.Price, err = market.ParsePrice(price.String()); err != nil {
		return q, fmt.Errorf("%w: price %w", fetch.ErrBadAnswer, err)
	}
	if change := fields[currency+"_24h_change"]; change != nil {
		percent, err := market.ParseChange(change.String())
		if err != nil {
			return q, fmt.Errorf("%w: change %w", fetch.ErrBadAnswer, err)
		}
		q.Change = decimal.NewNullDecimal(percent)
	}
	if updated := fields["last_updated_at"]; updated != nil {
		seconds, err := market.ParseNumber(updated.String())
		if err != nil {
			return q, fmt.Errorf("%w: time %w", fetch.ErrBadAnswer, err)
		}
		if q.At, err = moment(seconds.Shift(3)); err != nil {
			return q, err
		}
	}
	return q, nil
}

// parseHistory reads the prices of an answer of /coins/{id}/market_chart:
//
//	{"prices": [[1711843200000, 69702.3], [1711929600000, 71246.9]]}
//
// A null is a gap in the history, not a price.
func parseHistory(body []byte) ([]market.Point, error) {
	var answer struct {
		Prices [][]*json.Number `json:"prices"`
	}
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	points := make([]market.Point, 0, len(answer.Prices))
	for _, pair := range answer.Prices {
		if len(pair) != 2 || pair[0] == nil {
			return nil, fmt.Errorf("%w: a point is not a time and a price", fetch.ErrBadAnswer)
		}
		if pair[1] == nil {
			continue
		}
		millis, err := market.ParseNumber(pair[0].String())
		if err != nil {
			return nil, fmt.Errorf("%w: time %w", fetch.ErrBadAnswer, err)
		}
		at, err := moment(millis)
		if err != nil {
			return nil, err
		}
		price, err := market.ParsePrice(pair[1].String())
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

// parseList reads an answer of /coins/list:
//
//	[{"id": "bitcoin", "symbol": "btc", "name": "Bitcoin"}]
func parseList(body []byte) ([]market.Coin, error) {
	var answer []struct {
		ID     string `json:"id"`
		Symbol string `json:"symbol"`
		Name   string `json:"name"`
	}
	if err := fetch.Decode(body, &answer); err != nil {
		return nil, err
	}
	coins := make([]market.Coin, 0, len(answer))
	for _, c := range answer {
		if c.ID == "" {
			return nil, fmt.Errorf("%w: a coin has no id", fetch.ErrBadAnswer)
		}
		coins = append(coins, market.Coin{
			ID:     market.Printable(c.ID),
			Symbol: strings.ToUpper(market.Printable(c.Symbol)),
			Name:   market.Printable(c.Name),
		})
	}
	if len(coins) == 0 {
		return nil, fmt.Errorf("%w: the list of coins is empty", fetch.ErrBadAnswer)
	}
	return coins, nil
}

func moment(millis decimal.Decimal) (time.Time, error) {
	if millis.IsNegative() || millis.GreaterThan(decimal.NewFromInt(latest)) {
		return time.Time{}, fmt.Errorf("%w: %s is not a time", fetch.ErrBadAnswer, millis)
	}
	return time.UnixMilli(millis.IntPart()).UTC(), nil
}
