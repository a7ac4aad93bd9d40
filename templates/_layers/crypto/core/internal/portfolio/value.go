package portfolio

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
)

// Result is what a holding, or all of them, cost and are worth. Cost, Profit
// and Percent are invalid where they are unknown.
type Result struct {
	Value   decimal.Decimal
	Cost    decimal.NullDecimal
	Profit  decimal.NullDecimal
	Percent decimal.NullDecimal // of the cost; unknown as well when that is zero
}

// Position is a holding and what it is worth.
type Position struct {
	Coin   market.Coin
	Amount decimal.Decimal
	Price  decimal.Decimal // of one coin
	Result
}

// Valuation is what a portfolio is worth in one currency.
type Valuation struct {
	Currency  string
	Positions []Position
	Total     Result
}

// percentDigits is how exactly a profit is worked out, in percent.
const percentDigits = 4

// Unique reports the holdings that turn out to be the same coin, such as BTC
// and id:bitcoin. coins holds the coin of each holding.
func Unique(holdings []Holding, coins []market.Coin) error {
	var errs []error
	seen := make(map[string]int)
	for i, coin := range coins {
		if first, twice := seen[coin.ID]; twice {
			errs = append(errs, duplicate(holdings[i], first))
		}
		seen[coin.ID] = holdings[i].Line
	}
	return errors.Join(errs...)
}

// Value works out what the holdings are worth. quotes holds the quote of each
// holding, all of them in currency.
//
// A cost in another currency stays unknown, and with it the total cost: today's
// exchange rate is not that of the day the coins were bought.
func Value(holdings []Holding, quotes []market.Quote, currency string) (Valuation, error) {
	if len(quotes) != len(holdings) {
		return Valuation{}, fmt.Errorf("%d quotes for %d holdings", len(quotes), len(holdings))
	}
	v := Valuation{Currency: currency}
	total := decimal.NewNullDecimal(decimal.Zero)
	for i, h := range holdings {
		q := quotes[i]
		if q.Currency != currency {
			return Valuation{}, fmt.Errorf("quote of %s is in %s, not in %s", q.Coin.Symbol, q.Currency, currency)
		}
		cost := decimal.NullDecimal{Decimal: h.Cost, Valid: h.Currency == currency}
		value := h.Amount.Mul(q.Price)
		v.Positions = append(v.Positions, Position{
			Coin: q.Coin, Amount: h.Amount, Price: q.Price, Result: result(value, cost),
		})
		v.Total.Value = v.Total.Value.Add(value)
		total = decimal.NullDecimal{Decimal: total.Decimal.Add(h.Cost), Valid: total.Valid && cost.Valid}
	}
	v.Total = result(v.Total.Value, total)
	return v, nil
}

func result(value decimal.Decimal, cost decimal.NullDecimal) Result {
	r := Result{Value: value}
	if !cost.Valid {
		return r
	}
	r.Cost = cost
	r.Profit = decimal.NewNullDecimal(value.Sub(cost.Decimal))
	if cost.Decimal.IsPositive() {
		r.Percent = decimal.NewNullDecimal(r.Profit.Decimal.Shift(2).DivRound(cost.Decimal, percentDigits))
	}
	return r
}
