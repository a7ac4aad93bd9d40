package watch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
	"example.com/app/internal/terminal"
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
		Out: b, Screen: screen, Size: func() (int, int) { return 80, 24 }, Label: "sample (not real)", Every: 10 * time.Second,
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
		enter = "\x1b[?1049h\x1b[?25l" // once: another screen, without a cursor
		leave = "\x1b[?25h\x1b[?1049l"
		again = "\x1b[H\x1b[J"
		foot  = "\nRefreshed 12:30:00 UTC, every 10s. Ctrl-C ends.\nSource: sample (not real)"
		row   = "BTC        1,600,000,000 idr    -1.50%"
	)
	steps := []struct {
		name  string
		frame Frame
		want  string
	}{
		{"first", frame(Between, false), enter + again + row + foot},
		{"crossing rings", frame(Above, true), again + "\a" + row + "  crossed, now above 1,500,000,000" + foot},
		{"staying does not", frame(Above, false), again + row + "  above 1,500,000,000" + foot},
		{
			"failure neither rings nor passes old prices off as new", failed(frame(Below, true)),
			again + row + "  crossed, now below 1,000,000,000\nerror: server is down\n" +
				"These prices are old, from 12:30:00 UTC.\nRefreshed 12:30:10 UTC, every 10s. Ctrl-C ends.\nSource: sample (not real)",
		},
		{"last", frame(Above, true), again + "\a" + row + "  crossed, now above 1,500,000,000" + foot},
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
	last := leave + row + "  crossed, now above 1,500,000,000" + foot + "\n"
	if err := d.Close(); err != nil || b.String() != last {
		t.Errorf("Close() = %v, wrote %q, want %q", err, b.String(), last)
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
}

func TestShowFitsTheTerminal(t *testing.T) {
	f := frame(Between, false)
	for range 4 {
		f.Rows = append(f.Rows, f.Rows[0])
	}
	const (
		row  = "BTC        1,600,000,000 idr    -1.50%\n"
		foot = "Refreshed 12:30:00 UTC, every 10s. Ctrl-C ends.\nSource: sample (not real)"
	)
	tests := []struct {
		name          string
		width, height int
		want          string
	}{
		{"just enough", 48, 7, strings.Repeat(row, 5) + foot},
		{"one line short", 48, 6, strings.Repeat(row, 3) + "… and 2 more\n" + foot},
		{"one line for prices", 48, 3, "… and 5 more\n" + foot},
		{"hardly a line", 48, 1, "… and 5 more"},
		{"narrow", 20, 4, "BTC        1,600,00…\n… and 4 more\nRefreshed 12:30:00 …\nSource: sample (not…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			d := newDisplay(&b, terminal.Screen{Interactive: true})
			if err := d.Show(frame(Between, false)); err != nil {
				t.Fatalf("Show() = %v", err)
			}
			b.Reset()
			d.Size = func() (int, int) { return tt.width, tt.height } // resized
			if err := d.Show(f); err != nil || b.String() != wipe+tt.want {
				t.Errorf("Show() = %v, wrote %q, want %q", err, b.String(), wipe+tt.want)
			}
			b.Reset()
			if err := d.Close(); err != nil || b.String() != leave+strings.Repeat(row, 5)+foot+"\n" {
				t.Errorf("Close() = %v, wrote %q, want the whole frame", err, b.String())
			}
		})
	}
}

func TestCut(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"fits", "12345", "12345"},
		{"does not fit", "123456", "1234…"},
		{"colours have no width", "\x1b[31m12345\x1b[0m", "\x1b[31m12345\x1b[0m"},
		{"colours go", "\x1b[31m123456\x1b[0m", "1234…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cut(tt.line, 5); got != tt.want {
				t.Errorf("cut(%q, 5) = %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}
