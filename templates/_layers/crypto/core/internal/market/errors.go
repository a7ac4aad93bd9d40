package market

import (
	"errors"
	"fmt"
	"strings"
)

// The outcomes of asking a source, besides a price. Match them with errors.Is.
var (
	ErrUnknownCoin   = errors.New("unknown coin")
	ErrAmbiguousCoin = errors.New("ambiguous coin")
	ErrCurrency      = errors.New("currency not supported")
	ErrNoPrice       = errors.New("no price")
)

// UnknownCoinError says that a source has no such coin. It is ErrUnknownCoin.
type UnknownCoinError struct {
	Word string   // what was asked for
	Near []string // coins that are written alike, best first; may be empty
}

func (e *UnknownCoinError) Error() string { return fmt.Sprintf("no coin is called %q", e.Word) }

// Is makes errors.Is(err, ErrUnknownCoin) true.
func (e *UnknownCoinError) Is(target error) bool { return target == ErrUnknownCoin }

// AmbiguousCoinError says that several coins share a symbol. It is
// ErrAmbiguousCoin: picking one of them could show the price of the wrong coin.
type AmbiguousCoinError struct {
	Word  string
	Coins []Coin
}

func (e *AmbiguousCoinError) Error() string {
	const most = 5
	ids := make([]string, 0, most+1)
	for i, c := range e.Coins {
		if i == most {
			ids = append(ids, "…")
			break
		}
		ids = append(ids, fmt.Sprintf("%s (%s)", c.ID, c.Name))
	}
	return fmt.Sprintf("%d coins are called %q: %s", len(e.Coins), e.Word, strings.Join(ids, ", "))
}

// Is makes errors.Is(err, ErrAmbiguousCoin) true.
func (e *AmbiguousCoinError) Is(target error) bool { return target == ErrAmbiguousCoin }
