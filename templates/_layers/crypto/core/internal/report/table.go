package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// table is text in columns. Its first row holds the headings.
type table struct {
	left int // columns that are aligned to the left; the others are numbers
	rows [][]cell
}

type cell struct {
	text   string
	colour string
}

func plain(texts ...string) []cell {
	cells := make([]cell, len(texts))
	for i, t := range texts {
		cells[i] = cell{text: t}
	}
	return cells
}

func (t *table) add(cells []cell) { t.rows = append(t.rows, cells) }

// write shows the table, with its colours only when colour is set.
func (t *table) write(w io.Writer, colour bool) error {
	var widths []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text))
			if i < t.left {
				line.WriteString(c.show(colour) + gap)
			} else {
				line.WriteString(gap + c.show(colour))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ANSI colours.
const (
	green = "\x1b[32m"
	red   = "\x1b[31m"
	reset = "\x1b[0m"
)

func (c cell) show(colour bool) string {
	if !colour || c.colour == "" {
		return c.text
	}
	return c.colour + c.text + reset
}

// signed is a cell that is green above zero and red below.
func signed(text string, d decimal.NullDecimal) cell {
	switch {
	case d.Decimal.IsPositive():
		return cell{text, green}
	case d.Decimal.IsNegative():
		return cell{text, red}
	default:
		return cell{text, ""}
	}
}

// Change is a 24-hour change for people, coloured when colour is set.
func Change(change decimal.NullDecimal, colour bool) string {
	return signed(Percent(change), change).show(colour)
}
