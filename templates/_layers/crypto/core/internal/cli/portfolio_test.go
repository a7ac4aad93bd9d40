package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPortfolioTrouble(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"wrong value", "currency: idr\nholdings:\n  - {coin: BTC, amount: x, cost: 1}\n", `line 3: amount: "x" is not a number`},
		{"unknown coin", "currency: idr\nholdings:\n  - {coin: BTX, amount: 1, cost: 1}\n", "line 3: no coin is called \"BTX\"\nhint: did you mean BTC?\n"},
		{"same coin", "currency: idr\nholdings:\n  - {coin: BTC, amount: 1, cost: 1}\n  - {coin: bitcoin, amount: 1, cost: 1}\n", "line 4: bitcoin is already on line 3"},
		{"currency of nowhere", "currency: eur\nholdings:\n  - {coin: BTC, amount: 1, cost: 1}\n", "error: currency not supported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mine.yaml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got := newRunner(t).run(t.Context(), "portfolio", path, "--source", "sample")
			if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("portfolio = %+v, want exit code 1 and %q", got, tt.want)
			}
		})
	}
	got := newRunner(t).run(t.Context(), "portfolio", filepath.Join(t.TempDir(), "none.yaml"))
	if got.code != 1 || !strings.HasPrefix(got.stderr, "error: read portfolio: open ") {
		t.Errorf("portfolio = %+v, want exit code 1 and the missing file", got)
	}
}

func TestPortfolioThatIsTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("#", 1<<20+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := newRunner(t).run(t.Context(), "portfolio", path, "--source", "sample")
	if want := "error: read portfolio: " + path + " is larger than 1 MiB\n"; got.code != 1 || got.stderr != want {
		t.Errorf("portfolio = %+v, want exit code 1 and %q", got, want)
	}
}

func TestPortfolioInAnotherCurrency(t *testing.T) {
	got := newRunner(t).run(t.Context(), "portfolio", example, "--in", "usd", "--source", "sample")
	if got.code != 0 || !strings.Contains(got.stdout, "VALUE (USD)") || !strings.Contains(got.stderr, "note: some costs are not in usd") {
		t.Errorf("portfolio --in usd = %+v, want values in dollars and a note", got)
	}
}
