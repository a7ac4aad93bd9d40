// Package money is amounts of money, which are never floating-point numbers.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Outcomes of arithmetic.
var (
	ErrCurrency = errors.New("money: different currencies")
	ErrOverflow = errors.New("money: amount out of range")
)

// Money is an amount in the minor unit of a currency: 1999 USD is $19.99, and 1999 JPY
// are ¥1,999, as the yen has none. It is a value, and compared by ==. The zero Money is
// nothing of no currency.
type Money struct {
	amount   int64
	currency string
}

// New returns an amount in the minor unit of a currency, which is a code of ISO 4217
// such as IDR.
func New(amount int64, currency string) (Money, error) {
	if amount < 0 {
		return Money{}, fmt.Errorf("%w: %d", ErrOverflow, amount)
	}
	if !validCode(currency) {
		return Money{}, fmt.Errorf("money: %q is not a currency", currency)
	}
	return Money{amount, currency}, nil
}

// Amount is in the minor unit of the currency.
func (m Money) Amount() int64 { return m.amount }

// Currency is a code of ISO 4217.
func (m Money) Currency() string { return m.currency }

// Add returns m plus other, which must be of the same currency, unless one of them is
// the zero Money.
func (m Money) Add(other Money) (Money, error) {
	switch {
	case m == Money{}:
		return other, nil
	case other == Money{}:
		return m, nil
	case m.currency != other.currency:
		return Money{}, fmt.Errorf("%w: %s and %s", ErrCurrency, m.currency, other.currency)
	case m.amount > math.MaxInt64-other.amount:
		return Money{}, ErrOverflow
	}
	return Money{m.amount + other.amount, m.currency}, nil
}

// Times returns m n times. n must not be negative.
func (m Money) Times(n int) (Money, error) {
	if n < 0 {
		return Money{}, fmt.Errorf("%w: %d times", ErrOverflow, n)
	}
	high, low := bits.Mul64(uint64(m.amount), uint64(n)) //nolint:gosec // neither is negative
	if high != 0 || low > math.MaxInt64 {
		return Money{}, ErrOverflow
	}
	return Money{int64(low), m.currency}, nil
}

// String is for logs. How to write an amount for people depends on who they are.
func (m Money) String() string { return fmt.Sprintf("%d %s", m.amount, m.currency) }

func validCode(currency string) bool {
	if len(currency) != 3 {
		return false
	}
	for _, letter := range []byte(currency) {
		if letter < 'A' || letter > 'Z' {
			return false
		}
	}
	return true
}
