package cli_test

import (
	"strings"
	"testing"
)

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  map[string]string
		args []string
		want string
	}{
		{"unknown command", nil, []string{"prise"}, "error: there is no command \"prise\"\nhint: did you mean price?\n"},
		{"unknown command like no other", nil, []string{"dance"}, "error: there is no command \"dance\"\nhint: see prices --help\n"},
		{"unknown flag", nil, []string{"price", "BTC", "--inn", "usd"}, "error: unknown flag: --inn\nhint: see prices price --help\n"},
		{"unknown flag of no command", nil, []string{"--inn"}, "error: unknown flag: --inn\nhint: see prices --help\n"},
		{"help for nothing", nil, []string{"help", "nope"}, "error: there is no command \"nope\"\nhint: see prices help --help\n"},
		{"help for a coin", nil, []string{"help", "price", "BTC"}, "error: there is no command \"price BTC\"\n"},
		{"completion for an odd shell", nil, []string{"completion", "tcsh"}, "error: there is no completion for \"tcsh\"\nhint: see prices completion --help\n"},
		{"completion of something", nil, []string{"completion", "bash", "x"}, "error: bash takes no argument\n"},
		{"no coin", nil, []string{"price"}, "error: which coin?\nhint: for example: prices price BTC\n"},
		{"two coins for a chart", nil, []string{"history", "BTC", "ETH"}, "error: history takes 1 coin, not 2\n"},
		{"no file", nil, []string{"portfolio"}, "error: portfolio takes one file, not 0\n"},
		{"coins of something", nil, []string{"coins", "BTC"}, "error: coins takes no argument\n"},
		{"unknown form", nil, []string{"price", "BTC", "-o", "xml"}, `"xml" is not one of table, json, csv`},
		{"chart of prices", nil, []string{"price", "BTC", "-o", "chart"}, `"chart" is not one of table, json, csv`},
		{"unknown source", nil, []string{"price", "BTC", "--source", "bank"}, `"bank" is not one of coingecko, indodax, sample`},
		{"unknown source in the environment", map[string]string{"PRICE_SOURCE": "bank"}, []string{"price", "BTC"}, `error: PRICE_SOURCE: "bank" is not one of`},
		{"server that is none", map[string]string{"COINGECKO_URL": "api"}, []string{"price", "BTC"}, "error: COINGECKO_URL is not the address of a server: \"api\"\nhint: write it like https://api.coingecko.com/api/v3\n"},
		{"server of another kind", map[string]string{"INDODAX_URL": "ftp://x"}, []string{"price", "BTC", "--source", "indodax"}, "error: INDODAX_URL is not the address of a server"},
		{"no time", nil, []string{"price", "BTC", "--timeout", "0s"}, "error: --timeout must be above zero, not 0s"},
		{"currency that is none", nil, []string{"price", "BTC", "--in", "idr,12"}, `"12" is not a currency code`},
		{"two currencies for a watch", nil, []string{"watch", "BTC", "--in", "idr,usd"}, "this command takes one currency"},
		{"too often", nil, []string{"watch", "BTC", "--every", "999ms"}, "error: --every must be at least 1s, not 999ms\nhint: see prices watch --help\n"},
		{"threshold with separators", nil, []string{"watch", "BTC", "--above", "1,000"}, `"1,000" is not a number; write a price like 1600000000`},
		{"threshold of zero", nil, []string{"watch", "BTC", "--below", "0"}, `"0" is not above zero`},
		{"thresholds the wrong way round", nil, []string{"watch", "BTC", "--above", "1", "--below", "2"}, "error: --above and --below: below 2 is not less than above 1"},
		{"no day", nil, []string{"history", "BTC", "--days", "0"}, "error: --days must be from 1 to 365, not 0"},
		{"too many days", nil, []string{"history", "BTC", "--days", "366"}, "error: --days must be from 1 to 365, not 366"},
		{"day that is no number", nil, []string{"history", "BTC", "--days", "x"}, "invalid argument \"x\" for \"--days\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			r.env = tt.env
			got := r.run(t.Context(), tt.args...)
			if got.code != 2 || got.stdout != "" || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("%q = %+v, want exit code 2 and %q", tt.args, got, tt.want)
			}
		})
	}
}
