package watch

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/app/internal/report"
	"example.com/app/internal/terminal"
)

// Escape sequences.
const (
	bell  = "\a"
	enter = "\x1b[?1049h\x1b[?25l" // to a screen of our own, without a cursor
	leave = "\x1b[?25h\x1b[?1049l"
	wipe  = "\x1b[H\x1b[J"
	bold  = "\x1b[1m"
	reset = "\x1b[0m"
)

// Display shows frames: on a terminal each in the place of the one before and
// with a bell for a crossing, elsewhere as lines that are appended.
type Display struct {
	Out    io.Writer
	Screen terminal.Screen
	Size   func() (width, height int) // of the terminal, now
	Label  string                     // of the source
	Every  time.Duration
	Limits Limits

	last string // frame on the terminal, all of it
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

// Close gives the terminal back as it was, with the last frame below.
func (d *Display) Close() error {
	if d.last == "" {
		return nil
	}
	text := leave + d.last
	d.last = ""
	_, err := io.WriteString(d.Out, text)
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

// redraw is a frame in the place of the one before, as much of it as fits.
func (d *Display) redraw(f Frame) string {
	start := wipe
	if d.last == "" {
		start = enter + wipe
	}
	rows, foot := make([]string, len(f.Rows)), d.foot(f)
	for i, r := range f.Rows {
		rows[i] = d.row(r)
		if r.Crossed && f.Err == nil {
			start += bell
		}
	}
	d.last = strings.Join(slices.Concat(rows, foot), "\n") + "\n"

	width, height := d.Size()
	if room := max(1, height-len(foot)); len(rows) > room {
		more := fmt.Sprintf("… and %d more", len(rows)-room+1)
		rows = append(rows[:room-1], more)
	}
	lines := slices.Concat(rows, foot)
	lines = lines[:min(len(lines), height)]
	for i, line := range lines {
		lines[i] = cut(line, width)
	}
	// A line feed after the last line could scroll the first one away.
	return start + strings.Join(lines, "\n")
}

func (d *Display) row(r Row) string {
	mark := d.mark(r)
	if r.Crossed && d.Screen.Colour {
		mark = bold + mark + reset
	}
	// Colours have no width, so the change cannot be padded by Sprintf.
	change := report.Change(r.Quote.Change, d.Screen.Colour)
	gap := strings.Repeat(" ", max(0, 8-len(report.Percent(r.Quote.Change))))
	return fmt.Sprintf("%-6s  %16s %s  %s%s%s", r.Quote.Coin.Symbol,
		report.Price(r.Quote.Price, r.Quote.Currency), r.Quote.Currency, gap, change, mark)
}

// foot is what stands below the prices.
func (d *Display) foot(f Frame) []string {
	const clock = "15:04:05 UTC"
	var lines []string
	if f.Err != nil {
		lines = append(lines, fmt.Sprintf("error: %v", f.Err))
		if len(f.Rows) > 0 {
			lines = append(lines, fmt.Sprintf("These prices are old, from %s.", f.Good.Format(clock)))
		}
	}
	return append(lines,
		fmt.Sprintf("Refreshed %s, every %s. Ctrl-C ends.", f.At.Format(clock), d.Every),
		"Source: "+d.Label)
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

// cut shortens a line that is wider than the terminal, and says so: half a price
// must not look like a price. What is cut loses its colours.
func cut(line string, width int) string {
	plain := []rune(regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(line, ""))
	if len(plain) <= width {
		return line
	}
	return string(plain[:width-1]) + "…"
}
