package report

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Price writes a price of one coin for people: with as many digits as its size
// deserves, and commas between the thousands.
func Price(d decimal.Decimal, currency string) string {
	const significant, maxPlaces = 4, 40
	abs := d.Abs()
	switch {
	case abs.GreaterThanOrEqual(decimal.NewFromInt(1000)) && !hasCents(currency):
		return group(d.StringFixed(0))
	case abs.GreaterThanOrEqual(decimal.NewFromInt(1)):
		return group(d.StringFixed(2))
	default:
		places := significant - d.NumDigits() - int(d.Exponent())
		return group(d.Round(int32(min(max(places, 2), maxPlaces))).String())
	}
}

// Money writes an amount of money for people, to the cent where there are any.
func Money(d decimal.Decimal, currency string) string {
	if hasCents(currency) {
		return group(d.StringFixed(2))
	}
	return group(d.StringFixed(0))
}

// Percent writes a percentage for people, always with its sign.
func Percent(d decimal.NullDecimal) string {
	if !d.Valid {
		return unknown
	}
	s := d.Decimal.StringFixed(2)
	if d.Decimal.IsPositive() {
		s = "+" + s
	}
	return group(s) + "%"
}

// unknown stands where there is no value.
const unknown = "-"

func maybeMoney(d decimal.NullDecimal, currency string) string {
	if !d.Valid {
		return unknown
	}
	return Money(d.Decimal, currency)
}

// hasCents is false for the currencies that nobody counts in hundredths.
func hasCents(currency string) bool {
	switch currency {
	case "idr", "jpy", "krw", "vnd":
		return false
	default:
		return true
	}
}

// group puts commas between the thousands of a plain decimal number.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		sign, s = s[:1], s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return sign + b.String()
}
