// Package watch asks for prices again and again, and says when one crosses a
// threshold.
package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
)

// MinInterval is the shortest time between two refreshes: no source renews its
// prices more often, and all of them count requests.
const MinInterval = time.Second

// Limits are the prices to look out for. An invalid one does not exist.
type Limits struct {
	Above decimal.NullDecimal // reached when the price is this or more
	Below decimal.NullDecimal // reached when the price is this or less
}

// Check returns an error unless the limits leave room for a price between them.
func (l Limits) Check() error {
	if l.Above.Valid && l.Below.Valid && !l.Below.Decimal.LessThan(l.Above.Decimal) {
		return fmt.Errorf("below %s is not less than above %s", l.Below.Decimal, l.Above.Decimal)
	}
	return nil
}

// Side is where a price stands.
type Side int

// A price is between the limits, or it has reached one of them.
const (
	Between Side = iota
	Above
	Below
)

func (l Limits) side(price decimal.Decimal) Side {
	switch {
	case l.Above.Valid && price.GreaterThanOrEqual(l.Above.Decimal):
		return Above
	case l.Below.Valid && price.LessThanOrEqual(l.Below.Decimal):
		return Below
	default:
		return Between
	}
}

// Row is the price of one coin.
type Row struct {
	Quote   market.Quote
	Side    Side
	Crossed bool // the price has reached the limit since the row before
}

// Frame is the outcome of one refresh.
type Frame struct {
	At   time.Time
	Rows []Row // of the last refresh that worked; empty when none has
	Good time.Time
	Err  error // of this refresh; Rows are older than At then
}

// Watch says what to watch.
type Watch struct {
	Every  time.Duration
	Limits Limits
	Fetch  func(context.Context) ([]market.Quote, error)
	Show   func(Frame) error
	Now    func() time.Time
}

// Run refreshes at once and then at every interval, and shows each outcome. A
// refresh that does not work is shown too, and the next one is tried: later than
// usual when the error has a method Wait, which says how long the server wants to
// be left alone. Run returns nil when ctx ends, market.ErrCurrency when no refresh
// can ever work, and an error when a frame cannot be shown.
//
// The first price of a coin crosses nothing: there is no price before it.
func (w Watch) Run(ctx context.Context) error {
	ticker := time.NewTicker(w.Every)
	defer ticker.Stop()

	var frame Frame
	sides := make(map[string]Side)
	for {
		quotes, err := w.Fetch(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, market.ErrCurrency) {
			return err
		}
		frame.At, frame.Err = w.Now().UTC(), err
		if err == nil {
			frame.Good = frame.At
			frame.Rows = w.rows(quotes, sides)
		}
		if err := w.Show(frame); err != nil {
			return fmt.Errorf("show prices: %w", err)
		}
		pause := wait(err)
		if pause > 0 {
			ticker.Reset(max(pause, w.Every))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if pause > 0 {
			ticker.Reset(w.Every)
		}
	}
}

// wait is how long the server that err comes from wants to be left alone.
func wait(err error) time.Duration {
	type waiter interface {
		error
		Wait() time.Duration
	}
	if w, ok := errors.AsType[waiter](err); ok {
		return w.Wait()
	}
	return 0
}

// rows compares each quote with the side its coin was on, and updates that.
func (w Watch) rows(quotes []market.Quote, sides map[string]Side) []Row {
	rows := make([]Row, len(quotes))
	for i, q := range quotes {
		side := w.Limits.side(q.Price)
		before, seen := sides[q.Coin.ID]
		rows[i] = Row{Quote: q, Side: side, Crossed: seen && side != before && side != Between}
		sides[q.Coin.ID] = side
	}
	return rows
}
