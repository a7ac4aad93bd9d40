package cli_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/app/internal/cli"
)

// Whatever is wrong with the server, there is a message, and never a price.
func TestTroubleWithTheSource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		handler http.HandlerFunc
		args    []string
		want    string
	}{
		{
			"throttled for long", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusTooManyRequests)
			},
			[]string{"price", "BTC"},
			"answered 429 Too Many Requests and asks to wait 1m0s\nhint: wait a minute; a free key in COINGECKO_API_KEY allows more requests",
		},
		{"wrong key", respond(401, ""), []string{"price", "BTC"}, "answered 401 Unauthorized\nhint: check COINGECKO_API_KEY"},
		{"bad request", respond(400, ""), []string{"price", "BTC"}, "answered 400 Bad Request\n"},
		{"garbage", respond(200, "<html>"), []string{"price", "BTC"}, "error: unusable answer: invalid character '<' looking for beginning of value\nhint: try again later"},
		{"nothing", respond(200, ""), []string{"price", "BTC"}, "error: unusable answer: it is empty\nhint: try again later"},
		{"no coin", respond(200, "{}"), []string{"price", "BTC"}, "error: BTC in idr: no price\nhint: the coin may not be traded"},
		{"null", respond(200, `{"bitcoin":{"idr":null}}`), []string{"price", "BTC"}, "error: BTC in idr: no price\n"},
		{"zero", respond(200, `{"bitcoin":{"idr":0}}`), []string{"price", "BTC"}, "error: BTC in idr: unusable answer: price \"0\" is not above zero\n"},
		{"no history", respond(200, `{"prices":[]}`), []string{"history", "BTC"}, "error: no price: the history is empty\n"},
		{"history of an unknown id", respond(404, ""), []string{"history", "BTC"}, "error: no coin is called \"bitcoin\"\nhint: prices coins lists"},
		{"slip", respond(200, `[{"id":"bitcoin","symbol":"btc","name":"Bitcoin"}]`), []string{"price", "BTX"}, "error: no coin is called \"BTX\"\nhint: did you mean BTC?\n"},
		{
			"shared symbol", respond(200, `[{"id":"a","symbol":"zzz","name":"A"},{"id":"b","symbol":"zzz","name":"B"}]`),
			[]string{"price", "ZZZ"},
			"error: 2 coins are called \"ZZZ\": a (A), b (B)\nhint: name the one you mean by its id, such as id:a\n",
		},
		{"rupiah only", respond(200, `[{"base_currency":"idr","traded_currency_unit":"BTC","ticker_id":"btc_idr"}]`), []string{"price", "BTC", "--in", "usd", "--source", "indodax"}, "error: currency not supported: Indodax has prices in idr, not in usd\nhint: choose another currency"},
		{"watch in the wrong currency", respond(200, `[{"base_currency":"idr","traded_currency_unit":"BTC","ticker_id":"btc_idr"}]`), []string{"watch", "BTC", "--in", "usd", "--source", "indodax"}, "error: currency not supported"},
		{"pairs are gone", respond(404, ""), []string{"coins", "--source", "indodax"}, "answered 404 Not Found\n"},
		{"watch of an unknown coin", respond(200, `[{"id":"bitcoin","symbol":"btc","name":"Bitcoin"}]`), []string{"watch", "BTX"}, "error: no coin is called \"BTX\""},
		{"chart of an unknown coin", respond(200, `[{"id":"bitcoin","symbol":"btc","name":"Bitcoin"}]`), []string{"history", "BTX"}, "error: no coin is called \"BTX\""},
		{"portfolio without prices", respond(200, "{}"), []string{"portfolio", example}, "error: BTC in idr: no price\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			r.env["COINGECKO_API_KEY"] = "very-secret"
			r.serve(t, tt.handler)
			got := r.run(t.Context(), tt.args...)
			if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("%q = %+v, want exit code 1 and %q", tt.args, got, tt.want)
			}
			if strings.Contains(got.stderr, "very-secret") {
				t.Errorf("%q tells the API key: %s", tt.args, got.stderr)
			}
		})
	}
}

// These two wait for the pauses between the tries.
func TestTroubleThatLasts(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name, url, want string
		handler         http.HandlerFunc
		wantAsked       int
	}{
		{name: "down", handler: respond(500, "oops"), wantAsked: 3, want: "answered 500 Internal Server Error\nhint: try again later"},
		{name: "unreachable", url: gone.URL, want: "error: server cannot be reached: 127.0.0.1:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			asked := r.serve(t, tt.handler)
			if tt.url != "" {
				r.env["COINGECKO_URL"] = tt.url
			}
			got := r.run(t.Context(), "price", "BTC")
			if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, tt.want) || asked() != tt.wantAsked {
				t.Errorf("price BTC = %+v after %d requests, want exit code 1 and %q after %d", got, asked(), tt.want, tt.wantAsked)
			}
		})
	}
}

func TestPriceFromTheWeb(t *testing.T) {
	r := newRunner(t)
	asked := r.serve(t, func(w http.ResponseWriter, req *http.Request) {
		if got := req.Header.Get("User-Agent"); got != "prices/v1.2.3" {
			t.Errorf("User-Agent = %q, want prices/v1.2.3", got)
		}
		_, _ = io.WriteString(w, `{"bitcoin":{"idr":1600000000.5,"idr_24h_change":-2.25,"last_updated_at":1711356300}}`)
	})
	const want = `COIN  NAME               IDR     24H
BTC   Bitcoin  1,600,000,001  -2.25%

Source: CoinGecko, updated 2024-03-25 08:45:00 UTC
`
	for _, tt := range []struct {
		name      string
		args      []string
		wantAsked int
	}{
		{"asks", nil, 1},
		{"remembers", nil, 1},
		{"asks again", []string{"--no-cache"}, 2},
	} {
		got := r.run(t.Context(), append([]string{"price", "BTC"}, tt.args...)...)
		if got.code != 0 || got.stdout != want || asked() != tt.wantAsked {
			t.Errorf("%s: price BTC = %+v after %d requests, want %q after %d", tt.name, got, asked(), want, tt.wantAsked)
		}
	}
}

func TestPriceWithoutACacheFolder(t *testing.T) {
	r := newRunner(t)
	asked := r.serve(t, respond(200, `{"bitcoin":{"idr":1}}`))
	app := cli.App{Name: "prices", CacheDir: func() (string, error) { return "", errors.New("$HOME is not defined") }}
	for range 2 {
		code := cli.Run(t.Context(), app, []string{"price", "BTC"}, func(name string) string { return r.env[name] }, io.Discard, io.Discard)
		if code != 0 {
			t.Errorf("price BTC = exit code %d, want 0", code)
		}
	}
	if got := asked(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestSourceFromTheEnvironment(t *testing.T) {
	r := newRunner(t)
	r.env["PRICE_SOURCE"] = "sample"
	if got := r.run(t.Context(), "price", "BTC"); got.code != 0 || !strings.Contains(got.stdout, "Source: sample") {
		t.Errorf("price BTC = %+v, want sample prices", got)
	}
	r.serve(t, respond(200, `{"bitcoin":{"idr":1}}`))
	if got := r.run(t.Context(), "price", "BTC", "--source", "coingecko"); got.code != 0 || !strings.Contains(got.stdout, "Source: CoinGecko") {
		t.Errorf("price BTC --source coingecko = %+v, want the flag to win", got)
	}
}
