package cli

import (
	"context"
	"net/url"
	"path/filepath"
	"time"

	"example.com/app/internal/coingecko"
	"example.com/app/internal/diskcache"
	"example.com/app/internal/fetch"
	"example.com/app/internal/indodax"
	"example.com/app/internal/market"
	"example.com/app/internal/sample"
)

// Source knows coins and their prices.
type Source interface {
	// Label names the source to the user, in every output.
	Label() string
	// Coins returns coins worth listing; Find may know more.
	Coins(ctx context.Context) ([]market.Coin, error)
	// Find returns the one coin that word can mean. It returns
	// market.ErrUnknownCoin or market.ErrAmbiguousCoin when there is no such one.
	Find(ctx context.Context, word string) (market.Coin, error)
	// Quotes returns a quote for each coin in each currency, coin by coin, or an
	// error when one of them is missing, such as market.ErrNoPrice.
	Quotes(ctx context.Context, coins []market.Coin, currencies []string) ([]market.Quote, error)
	// History returns at least one point, oldest first.
	History(ctx context.Context, coin market.Coin, currency string, days int) ([]market.Point, error)
}

var (
	_ Source = (*coingecko.Source)(nil)
	_ Source = (*indodax.Source)(nil)
	_ Source = sample.Source{}
)

const (
	sourceVariable = "PRICE_SOURCE"

	sourceCoinGecko = "coingecko"
	sourceIndodax   = "indodax"
	sourceSample    = "sample"
)

func sourceNames() []string { return []string{sourceCoinGecko, sourceIndodax, sourceSample} }

// sourceOptions are the flags that say how to get prices.
type sourceOptions struct {
	name    *choice
	noCache bool
	timeout time.Duration
}

// open returns the source that the flags and the environment ask for.
func (o *sourceOptions) open(env *environment) (Source, error) {
	if err := o.name.check(); err != nil {
		return nil, usagef("", "%s: %w", sourceVariable, err)
	}
	if o.timeout <= 0 {
		return nil, usagef("", "--timeout must be above zero, not %s", o.timeout)
	}
	switch o.name.String() {
	case sourceSample:
		return sample.Source{}, nil
	case sourceIndodax:
		base, err := baseURL(env, "INDODAX_URL", indodax.DefaultURL)
		if err != nil {
			return nil, err
		}
		return indodax.New(o.client(env), base, time.Now), nil
	default:
		base, err := baseURL(env, "COINGECKO_URL", coingecko.DefaultURL)
		if err != nil {
			return nil, err
		}
		return coingecko.New(o.client(env), base, env.getenv("COINGECKO_API_KEY")), nil
	}
}

func (o *sourceOptions) client(env *environment) *fetch.Client {
	var cache fetch.Cache
	// Without a folder for it, the program works without a cache.
	if dir, err := env.app.CacheDir(); err == nil && !o.noCache {
		cache = diskcache.Cache{Dir: filepath.Join(dir, env.app.Name, "answers"), Now: time.Now}
	}
	return fetch.New(o.timeout, env.app.Name+"/"+env.app.Version, cache, nil)
}

func baseURL(env *environment, variable, usual string) (string, error) {
	s := env.getenv(variable)
	if s == "" {
		return usual, nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", usagef("write it like "+usual, "%s is not the address of a server: %q", variable, s)
	}
	return s, nil
}

// find returns the coin that each word means, each coin once.
func find(ctx context.Context, src Source, words []string) ([]market.Coin, error) {
	var coins []market.Coin
	seen := make(map[string]bool)
	for _, word := range words {
		coin, err := src.Find(ctx, word)
		if err != nil {
			return nil, err
		}
		if !seen[coin.ID] {
			coins = append(coins, coin)
		}
		seen[coin.ID] = true
	}
	return coins, nil
}
