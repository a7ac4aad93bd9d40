package report

import (
	"fmt"
	"io"

	"example.com/app/internal/market"
)

// Coins lists coins in the given format.
func Coins(w io.Writer, format, label string, coins []market.Coin) error {
	switch format {
	case FormatJSON:
		type coin struct {
			Coin string `json:"coin"`
			ID   string `json:"id"`
			Name string `json:"name"`
		}
		report := struct {
			Source string `json:"source"`
			Coins  []coin `json:"coins"`
		}{label, make([]coin, len(coins))}
		for i, c := range coins {
			report.Coins[i] = coin{c.Symbol, c.ID, c.Name}
		}
		return writeJSON(w, report)
	case FormatCSV:
		records := [][]string{{"coin", "id", "name", "source"}}
		for _, c := range coins {
			records = append(records, []string{c.Symbol, c.ID, c.Name, label})
		}
		return writeCSV(w, records)
	case FormatTable:
		t := table{left: 3}
		t.add(plain("COIN", "ID", "NAME"))
		for _, c := range coins {
			t.add(plain(c.Symbol, c.ID, c.Name))
		}
		if err := t.write(w, false); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "\nSource: %s\n", label)
		return err
	default:
		return fmt.Errorf("coins have no format %q", format)
	}
}
