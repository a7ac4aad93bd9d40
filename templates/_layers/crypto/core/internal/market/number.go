package market

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Numbers outside these bounds are no prices and no amounts. They also keep a
// short text such as 1e9999 from becoming a number of so many digits.
const (
	maxText     = 100
	maxExponent = 24
	minExponent = -40
)

// ParseNumber reads a decimal number exactly: it never passes through a float.
func ParseNumber(s string) (decimal.Decimal, error) {
	if len(s) > maxText {
		return decimal.Decimal{}, fmt.Errorf("a number of %d characters is too long", len(s))
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("%q is not a number", s)
	}
	if magnitude := int(d.Exponent()) + d.NumDigits(); magnitude > maxExponent || d.Exponent() < minExponent {
		return decimal.Decimal{}, fmt.Errorf("%q is out of range", s)
	}
	return d, nil
}

// ParsePrice is ParseNumber for prices: it refuses what is not above zero.
func ParsePrice(s string) (decimal.Decimal, error) {
	d, err := ParseNumber(s)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if !d.IsPositive() {
		return decimal.Decimal{}, fmt.Errorf("%q is not above zero", s)
	}
	return d, nil
}

// ParseChange is ParseNumber for the change of a price in percent: no price falls
// by more than all of it.
func ParseChange(s string) (decimal.Decimal, error) {
	d, err := ParseNumber(s)
	if err == nil && d.LessThan(decimal.NewFromInt(-100)) {
		err = fmt.Errorf("%q is below -100 %%", s)
	}
	return d, err
}

// ParseCurrency checks that s has the shape of a currency code, such as idr,
// and returns it in lower case. Which codes exist is for the source to say.
func ParseCurrency(s string) (string, error) {
	code := strings.ToLower(s)
	letters := strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
	if !letters || len(code) < 2 || len(code) > 10 {
		return "", fmt.Errorf("%q is not a currency code such as idr or usd", s)
	}
	return code, nil
}
