package cli_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/app/internal/cli"
)

// example is the portfolio that the README shows.
const example = "../../examples/holdings.yaml"

var update = flag.Bool("update", false, "rewrite the golden files")

// result is what a command leaves behind.
type result struct {
	code           int
	stdout, stderr string
}

// runner runs commands as a shell would, in an environment of its own.
type runner struct {
	env   map[string]string
	cache string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	return &runner{env: map[string]string{}, cache: t.TempDir()}
}

func (r *runner) run(ctx context.Context, args ...string) result {
	var stdout, stderr strings.Builder
	code := r.runTo(ctx, &stdout, &stderr, args...)
	return result{code, stdout.String(), stderr.String()}
}

func (r *runner) runTo(ctx context.Context, stdout, stderr io.Writer, args ...string) int {
	app := cli.App{Name: "prices", Version: "v1.2.3", CacheDir: func() (string, error) { return r.cache, nil }}
	return cli.Run(ctx, app, args, func(name string) string { return r.env[name] }, stdout, stderr)
}

// serve starts a server for COINGECKO_URL and INDODAX_URL and counts its requests.
func (r *runner) serve(t *testing.T, handler http.HandlerFunc) func() int {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		handler(w, req)
	}))
	t.Cleanup(server.Close)
	r.env["COINGECKO_URL"], r.env["INDODAX_URL"] = server.URL, server.URL
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func respond(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestGolden(t *testing.T) {
	tests := []struct {
		name string
		args []string
	}{
		{"price-table", []string{"price", "BTC", "eth", "shiba-inu", "BTC", "--in", "idr,USD,idr"}},
		{"price-json", []string{"price", "BTC", "DOGE", "--in", "usd", "-o", "json"}},
		{"price-csv", []string{"price", "BTC", "DOGE", "--in", "idr,usd", "-o", "csv"}},
		{"history-chart", []string{"history", "BTC", "--in", "usd"}},
		{"history-json", []string{"history", "BTC", "--days", "2", "-o", "json"}},
		{"history-csv", []string{"history", "SHIB", "--days", "7", "--in", "usd", "-o", "csv"}},
		{"portfolio-table", []string{"portfolio", example}},
		{"portfolio-json", []string{"portfolio", example, "-o", "json"}},
		{"portfolio-csv", []string{"portfolio", example, "-o", "csv"}},
		{"portfolio-mixed", []string{"portfolio", filepath.Join("testdata", "mixed.yaml")}},
		{"coins-table", []string{"coins"}},
		{"coins-json", []string{"coins", "-o", "json"}},
		{"coins-csv", []string{"coins", "-o", "csv"}},
		{"help", []string{}},
		{"help-watch", []string{"watch", "--help"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := newRunner(t).run(t.Context(), append(tt.args, "--source", "sample")...)
			if got.code != 0 {
				t.Fatalf("%q = %+v, want exit code 0", tt.args, got)
			}
			if !strings.HasPrefix(tt.name, "help") && !strings.Contains(got.stdout, "sample (made-up data, not real prices)") {
				t.Errorf("%q does not say that its prices are made up:\n%s", tt.args, got.stdout)
			}
			text := got.stdout
			if got.stderr != "" {
				text += "--- stderr\n" + got.stderr
			}
			golden(t, tt.name, text)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("output =\n%s\nwant, as in %s,\n%s", got, path, want)
	}
}

func TestVersion(t *testing.T) {
	got := newRunner(t).run(t.Context(), "--version")
	if want := "prices version v1.2.3\n"; got.code != 0 || got.stdout != want {
		t.Errorf("--version = %+v, want %q", got, want)
	}
}

func TestCompletion(t *testing.T) {
	got := newRunner(t).run(t.Context(), "__complete", "price", "--source", "")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "coingecko\nindodax\nsample\n") {
		t.Errorf("completion of --source = %+v, want the sources", got)
	}
}

func TestBuiltinCommands(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"help"}, "See what crypto coins cost"},
		{[]string{"help", "watch"}, "Keep showing what coins cost"},
		{[]string{"completion"}, "Generate the autocompletion script"},
		{[]string{"completion", "bash"}, "# bash completion V2 for prices"},
	} {
		got := newRunner(t).run(t.Context(), tt.args...)
		if got.code != 0 || !strings.HasPrefix(got.stdout, tt.want) || got.stderr != "" {
			t.Errorf("%q = exit code %d, %.80q, want 0 and %q", tt.args, got.code, got.stdout, tt.want)
		}
	}
}
