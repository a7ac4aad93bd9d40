package watch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/acme/crypto-price/internal/market"
	"github.com/acme/crypto-price/internal/terminal"
)

func frame(side Side, crossed bool) Frame {
	at := time.Date(2026, time.January, 1, 12, 30, 0, 0, time.UTC)
	return Frame{At: at, Good: at, Rows: []Row{{
		Quote: market.Quote{
			Coin: market.Coin{ID: "bitcoin", Symbol: "BTC"}, Currency: "idr",
			Price: decimal.NewFromInt(1_600_000_000), Change: decimal.NewNullDecimal(decimal.New(-15, -1)),
		},
		Side: side, Crossed: crossed,
	}}}
}

func failed(f Frame) Frame {
	f.At = f.At.Add(10 * time.Second)
	f.Err = errors.New("server is down")
	return f
}

func newDisplay(b *strings.Builder, screen terminal.Screen) *Display {
	return &Display{
		Out: b, Screen: screen, Label: "sample (not real)", Every: 10 * time.Second,
		Limits: Limits{
			Above: decimal.NewNullDecimal(decimal.NewFromInt(1_500_000_000)),
			Below: decimal.NewNullDecimal(decimal.NewFromInt(1_000_000_000)),
		},
	}
}

func TestShowAppendsLines(t *testing.T) {
	var b strings.Builder
	d := newDisplay(&b, terminal.Screen{Width: 80})
	for _, f := range []Frame{frame(Between, false), frame(Above, true), failed(frame(Above, true)), frame(Above, false), frame(Below, true)} {
		if err := d.Show(f); err != nil {
			t.Fatalf("Show() = %v", err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	const want = `2026-01-01T12:30:00Z  BTC  1,600,000,000 idr  -1.50%  source: sample (not real)
2026-01-01T12:30:00Z  BTC  1,600,000,000 idr  -1.50%  crossed, now above 1,500,000,000  source: sample (not real)
2026-01-01T12:30:10Z  error: server is down
2026-01-01T12:30:00Z  BTC  1,600,000,000 idr  -1.50%  above 1,500,000,000  source: sample (not real)
2026-01-01T12:30:00Z  BTC  1,600,000,000 idr  -1.50%  crossed, now below 1,000,000,000  source: sample (not real)
`
	if b.String() != want {
		t.Errorf("Show() wrote\n%s\nwant\n%s", b.String(), want)
	}
}

func TestShowRedrawsInPlace(t *testing.T) {
	const (
		first = "\x1b[?25l"       // the cursor goes once
		again = "\x1b[3A\r\x1b[J" // up the three lines of the frame before
		foot  = "Refreshed 12:30:00 UTC, every 10s. Ctrl-C ends.\nSource: sample (not real)\n"
		row   = "BTC        1,600,000,000 idr    -1.50%"
	)
	steps := []struct {
		name  string
		frame Frame
		want  string
	}{
		{"first", frame(Between, false), first + row + "\n" + foot},
		{"crossing rings", frame(Above, true), again + "\a" + row + "  crossed, now above 1,500,000,000\n" + foot},
		{"staying does not", frame(Above, false), again + row + "  above 1,500,000,000\n" + foot},
		{
			"failure neither rings nor passes old prices off as new", failed(frame(Below, true)),
			again + row + "  crossed, now below 1,000,000,000\nerror: server is down\n" +
				"These prices are old, from 12:30:00 UTC. Refreshed 12:30:10 UTC, every 10s. Ctrl-C ends.\nSource: sample (not real)\n",
		},
		// The long line of the failure has wrapped.
		{"after a failure", frame(Between, false), "\x1b[5A\r\x1b[J" + row + "\n" + foot},
	}
	var b strings.Builder
	d := newDisplay(&b, terminal.Screen{Interactive: true, Width: 80})
	for _, step := range steps {
		b.Reset()
		if err := d.Show(step.frame); err != nil {
			t.Fatalf("%s: Show() = %v", step.name, err)
		}
		if b.String() != step.want {
			t.Errorf("%s: Show() wrote %q, want %q", step.name, b.String(), step.want)
		}
	}
	b.Reset()
	if err := d.Close(); err != nil || b.String() != "\x1b[?25h" {
		t.Errorf("Close() = %v, wrote %q, want the cursor back", err, b.String())
	}
	b.Reset()
	if err := d.Close(); err != nil || b.String() != "" {
		t.Errorf("second Close() = %v, wrote %q, want nothing", err, b.String())
	}
}

func TestShowInColour(t *testing.T) {
	var b strings.Builder
	d := newDisplay(&b, terminal.Screen{Interactive: true, Colour: true, Width: 80})
	if err := d.Show(frame(Above, true)); err != nil {
		t.Fatalf("Show() = %v", err)
	}
	for _, want := range []string{"  \x1b[31m-1.50%\x1b[0m", "\x1b[1m  crossed, now above 1,500,000,000\x1b[0m"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("Show() wrote %q, want %q", b.String(), want)
		}
	}
	if d.lines != 3 {
		t.Errorf("frame takes up %d lines, want 3: colours have no width", d.lines)
	}
}

func TestHeight(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"empty line", "\n", 1},
		{"full line", "12345\n", 1},
		{"wrapped line", "123456\n", 2},
		{"escapes and bells", "\a\x1b[31m12345\x1b[0m\n", 1},
		{"two lines", "1\n2\n", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := height(tt.text, 5); got != tt.want {
				t.Errorf("height(%q, 5) = %d, want %d", tt.text, got, tt.want)
			}
		})
	}
}
