// Package market is the vocabulary of the program: coins, what they cost, and
// what can go wrong when one asks.
package market

import (
	"time"

	"github.com/shopspring/decimal"
)

// Coin is a coin as one source knows it.
type Coin struct {
	ID     string // the source's own, unique name, such as "bitcoin" or "btc_idr"
	Symbol string // upper case, such as "BTC"; not unique in every source
	Name   string // for people, such as "Bitcoin"
}

// Quote is what one coin costs in one currency.
type Quote struct {
	Coin     Coin
	Currency string              // lower case, such as "idr"
	Price    decimal.Decimal     // of one coin; always above zero
	Change   decimal.NullDecimal // over the last 24 hours, in percent; invalid when the source does not say
	At       time.Time           // when the source last updated the price, in UTC; zero when it does not say
}

// Point is one moment in the history of a price.
type Point struct {
	At    time.Time // UTC
	Price decimal.Decimal
}
