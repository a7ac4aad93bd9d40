package cli_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ender is a writer that ends the program when it has seen enough.
type ender struct {
	text  strings.Builder
	lines int
	end   context.CancelFunc
}

func (e *ender) Write(p []byte) (int, error) {
	n, err := e.text.Write(p)
	if strings.Count(e.text.String(), "\n") >= e.lines {
		e.end()
	}
	return n, err
}

func TestWatchEndsCleanly(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	prices := []string{"50", "150"}
	var asked atomic.Int32
	r.serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"bitcoin":{"usd":`+prices[min(asked.Add(1), 2)-1]+`}}`)
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr strings.Builder
	stdout := &ender{lines: 2, end: cancel}
	code := r.runTo(ctx, stdout, &stderr, "watch", "BTC", "--in", "usd", "--every", "1s", "--above", "100")
	if code != 0 || stderr.String() != "" {
		t.Errorf("watch = exit code %d, %q, want 0 and no error", code, stderr.String())
	}
	for _, want := range []string{"BTC  50.00 usd  -  source: CoinGecko\n", "BTC  150.00 usd  -  crossed, now above 100.00  source: CoinGecko\n"} {
		if !strings.Contains(stdout.text.String(), want) {
			t.Errorf("watch wrote\n%swant %q", stdout.text.String(), want)
		}
	}
}

func TestWatchLeavesTheServerAlone(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	asked := r.serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
	defer cancel()
	got := r.run(ctx, "watch", "BTC", "--every", "1s")
	if got.code != 0 || !strings.Contains(got.stdout, "asks to wait 30s") || asked() != 1 {
		t.Errorf("watch = %+v after %d requests, want exit code 0 after one", got, asked())
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	ctx, cancel := context.WithCancel(t.Context())
	r.serve(t, func(_ http.ResponseWriter, req *http.Request) {
		cancel()
		<-req.Context().Done()
	})
	begin := time.Now()
	got := r.run(ctx, "price", "BTC")
	if got.code != 130 || got.stdout != "" || got.stderr != "error: interrupted\n" {
		t.Errorf("price BTC = %+v, want exit code 130", got)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("price BTC ended after %s, want at once", took)
	}
}
