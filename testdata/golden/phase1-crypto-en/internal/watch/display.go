package watch

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/acme/crypto-price/internal/report"
	"github.com/acme/crypto-price/internal/terminal"
)

// Escape sequences.
const (
	bell       = "\a"
	hideCursor = "\x1b[?25l"
	showCursor = "\x1b[?25h"
	clearBelow = "\x1b[J"
	bold       = "\x1b[1m"
	reset      = "\x1b[0m"
)

// Display shows frames: on a terminal each in the place of the one before and
// with a bell for a crossing, elsewhere as lines that are appended.
type Display struct {
	Out    io.Writer
	Screen terminal.Screen
	Label  string // of the source
	Every  time.Duration
	Limits Limits

	lines int // of the terminal that the frame before takes up
}

// Show shows a frame.
func (d *Display) Show(f Frame) error {
	text := d.log(f)
	if d.Screen.Interactive {
		text = d.redraw(f)
	}
	_, err := io.WriteString(d.Out, text)
	return err
}

// Close gives the terminal back as it was.
func (d *Display) Close() error {
	if d.lines == 0 {
		return nil
	}
	d.lines = 0
	_, err := io.WriteString(d.Out, showCursor)
	return err
}

// log is a frame as lines that make sense one by one, long after.
func (d *Display) log(f Frame) string {
	at := f.At.Format(time.RFC3339)
	if f.Err != nil {
		return fmt.Sprintf("%s  error: %v\n", at, f.Err)
	}
	var b strings.Builder
	for _, r := range f.Rows {
		q := r.Quote
		fmt.Fprintf(&b, "%s  %s  %s %s  %s%s  source: %s\n", at, q.Coin.Symbol,
			report.Price(q.Price, q.Currency), q.Currency, report.Percent(q.Change), d.mark(r), d.Label)
	}
	return b.String()
}

// redraw is a frame in the place of the one before.
func (d *Display) redraw(f Frame) string {
	var b strings.Builder
	for _, r := range f.Rows {
		mark := d.mark(r)
		if r.Crossed && f.Err == nil {
			b.WriteString(bell)
		}
		if r.Crossed && d.Screen.Colour {
			mark = bold + mark + reset
		}
		// Colours have no width, so the change cannot be padded by Fprintf.
		change := report.Change(r.Quote.Change, d.Screen.Colour)
		gap := strings.Repeat(" ", max(0, 8-len(report.Percent(r.Quote.Change))))
		fmt.Fprintf(&b, "%-6s  %16s %s  %s%s%s\n", r.Quote.Coin.Symbol,
			report.Price(r.Quote.Price, r.Quote.Currency), r.Quote.Currency, gap, change, mark)
	}
	const clock = "15:04:05 UTC"
	if f.Err != nil {
		fmt.Fprintf(&b, "error: %v\n", f.Err)
		if len(f.Rows) > 0 {
			fmt.Fprintf(&b, "These prices are old, from %s. ", f.Good.Format(clock))
		}
	}
	fmt.Fprintf(&b, "Refreshed %s, every %s. Ctrl-C ends.\nSource: %s\n", f.At.Format(clock), d.Every, d.Label)

	home := hideCursor
	if d.lines > 0 {
		home = fmt.Sprintf("\x1b[%dA\r", d.lines) + clearBelow
	}
	d.lines = height(b.String(), d.Screen.Width)
	return home + b.String()
}

// mark says which limit a price has reached.
func (d *Display) mark(r Row) string {
	word, limit := "", d.Limits.Above.Decimal
	switch r.Side {
	case Above:
		word = "above"
	case Below:
		word, limit = "below", d.Limits.Below.Decimal
	case Between:
		return ""
	}
	if r.Crossed {
		word = "crossed, now " + word
	}
	return fmt.Sprintf("  %s %s", word, report.Price(limit, r.Quote.Currency))
}

// height is how many lines of a terminal text takes up: a long line wraps.
func height(text string, width int) int {
	escapes := regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]|\a")
	n := 0
	for line := range strings.Lines(escapes.ReplaceAllString(text, "")) {
		columns := utf8.RuneCountInString(strings.TrimSuffix(line, "\n"))
		n += max(1, (columns+width-1)/width)
	}
	return n
}
