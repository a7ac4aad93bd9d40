// Package report shows results: as tables and charts to people, as CSV and JSON
// to programs. Whatever the form, it names the source of the prices.
//
// People get rounded numbers. Programs get every digit, in JSON as strings,
// because most JSON readers would turn a number into a float.
package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"
)

// The forms that a report can have.
const (
	FormatTable = "table"
	FormatChart = "chart"
	FormatJSON  = "json"
	FormatCSV   = "csv"
)

// Style is how a report for people looks.
type Style struct {
	Colour bool
	Width  int // columns of the terminal
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeCSV(w io.Writer, records [][]string) error {
	return csv.NewWriter(w).WriteAll(records)
}

func footer(w io.Writer, label string, at time.Time) error {
	when := ""
	if !at.IsZero() {
		when = ", updated " + at.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	_, err := fmt.Fprintf(w, "\nSource: %s%s\n", label, when)
	return err
}

// text is a number for a CSV field: empty when it is unknown.
func text(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}

// timestamp is a time for a CSV field: empty when it is unknown.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
