package watch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"example.com/app/internal/market"
	"example.com/app/internal/watch"
)

var errDown = errors.New("server is down")

func limit(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }

func quotes(price int64) []market.Quote {
	return []market.Quote{{
		Coin: market.Coin{ID: "bitcoin", Symbol: "BTC"}, Currency: "usd", Price: decimal.NewFromInt(price),
	}}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		limits watch.Limits
		ok     bool
	}{
		{"none", watch.Limits{}, true},
		{"above", watch.Limits{Above: limit(5)}, true},
		{"below", watch.Limits{Below: limit(5)}, true},
		{"both", watch.Limits{Above: limit(6), Below: limit(5)}, true},
		{"no room", watch.Limits{Above: limit(5), Below: limit(5)}, false},
		{"the wrong way round", watch.Limits{Above: limit(5), Below: limit(6)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.limits.Check(); (err == nil) != tt.ok {
				t.Errorf("Check() = %v, want ok %t", err, tt.ok)
			}
		})
	}
}

// Run works on the fake clock of a synctest bubble: an hour takes no time.
func TestRun(t *testing.T) {
	const down = -1 // a refresh that does not work
	tests := []struct {
		name   string
		limits watch.Limits
		prices []int64
		want   []string
	}{
		{
			name: "no limits", prices: []int64{10, 99, 1},
			want: []string{"0s 10 between", "10s 99 between", "20s 1 between"},
		},
		{
			name: "rings on the way up, once, and again after coming back", limits: watch.Limits{Above: limit(50)},
			prices: []int64{10, 50, 60, 49, 51},
			want:   []string{"0s 10 between", "10s 50 above crossed", "20s 60 above", "30s 49 between", "40s 51 above crossed"},
		},
		{
			name: "rings on the way down, once", limits: watch.Limits{Below: limit(50)},
			prices: []int64{51, 50, 40, 51},
			want:   []string{"0s 51 between", "10s 50 below crossed", "20s 40 below", "30s 51 between"},
		},
		{
			name: "leaps from one limit over the other", limits: watch.Limits{Above: limit(60), Below: limit(40)},
			prices: []int64{50, 70, 30, 70},
			want:   []string{"0s 50 between", "10s 70 above crossed", "20s 30 below crossed", "30s 70 above crossed"},
		},
		{
			name: "the first price crosses nothing", limits: watch.Limits{Above: limit(50)}, prices: []int64{60, 61},
			want: []string{"0s 60 above", "10s 61 above"},
		},
		{
			name: "goes on after a failure, which crosses nothing", limits: watch.Limits{Above: limit(50)},
			prices: []int64{10, down, 60, down, 61},
			want:   []string{"0s 10 between", "10s error, 10 from 0s", "20s 60 above crossed", "30s error, 60 from 20s", "40s 61 above"},
		},
		{
			name: "starts with a failure", limits: watch.Limits{Above: limit(50)}, prices: []int64{down, 60},
			want: []string{"0s error", "10s 60 above"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				begin, asked := time.Now(), 0
				var got []string
				err := watch.Watch{
					Every:  10 * time.Second,
					Limits: tt.limits,
					Now:    time.Now,
					Fetch: func(context.Context) ([]market.Quote, error) {
						asked++
						if tt.prices[asked-1] == down {
							return nil, errDown
						}
						return quotes(tt.prices[asked-1]), nil
					},
					Show: func(f watch.Frame) error {
						got = append(got, describe(f, begin))
						if len(got) == len(tt.prices) {
							cancel()
						}
						return nil
					},
				}.Run(ctx)
				if err != nil || !slices.Equal(got, tt.want) {
					t.Errorf("Run() = %v, %q, want %q", err, got, tt.want)
				}
			})
		})
	}
}

func describe(f watch.Frame, begin time.Time) string {
	s := f.At.Sub(begin).String()
	if f.Err != nil {
		s += " error"
		for _, r := range f.Rows {
			s += fmt.Sprintf(", %s from %s", r.Quote.Price, f.Good.Sub(begin))
		}
		return s
	}
	for _, r := range f.Rows {
		s += fmt.Sprintf(" %s %s", r.Quote.Price, map[watch.Side]string{watch.Between: "between", watch.Above: "above", watch.Below: "below"}[r.Side])
		if r.Crossed {
			s += " crossed"
		}
	}
	return s
}

// busy is an error that asks to be left alone.
type busy time.Duration

func (busy) Error() string         { return "server is busy" }
func (b busy) Wait() time.Duration { return time.Duration(b) }

func TestRunWaitsAsLongAsTheServerWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		answers := []error{
			fmt.Errorf("ask: %w", busy(35*time.Second)), // longer than the interval
			nil,
			busy(time.Second), // shorter
			busy(0),
			busy(time.Hour), // Run ends in the middle of it
		}
		begin := time.Now()
		var asked []string
		err := watch.Watch{
			Every: 5 * time.Second,
			Now:   time.Now,
			Fetch: func(context.Context) ([]market.Quote, error) {
				asked = append(asked, time.Since(begin).String())
				return nil, answers[len(asked)-1]
			},
			Show: func(watch.Frame) error { return nil },
		}.Run(ctx)
		want := []string{"0s", "35s", "40s", "45s", "50s"}
		if took := time.Since(begin); err != nil || took != 60*time.Second || !slices.Equal(asked, want) {
			t.Errorf("Run() = %v after %s, asked at %q, want nil after 1m0s, %q", err, took, asked, want)
		}
	})
}

func TestRunEndsWhileItWaitsForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		err := watch.Watch{
			Every: time.Second,
			Now:   time.Now,
			Fetch: func(ctx context.Context) ([]market.Quote, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			},
			Show: func(watch.Frame) error {
				t.Error("Run() shows a refresh that was interrupted")
				return nil
			},
		}.Run(ctx)
		if took := time.Since(begin); err != nil || took != 3*time.Second {
			t.Errorf("Run() = %v after %s, want nil after 3s", err, took)
		}
	})
}

func TestRunEndsWhenThereIsNoPoint(t *testing.T) {
	errShow := errors.New("no space left")
	tests := []struct {
		name        string
		fetch, show error
		want        error
	}{
		{name: "wrong currency", fetch: fmt.Errorf("usd: %w", market.ErrCurrency), want: market.ErrCurrency},
		{name: "output that is gone", show: errShow, want: errShow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := watch.Watch{
				Every: time.Hour,
				Now:   time.Now,
				Fetch: func(context.Context) ([]market.Quote, error) { return quotes(1), tt.fetch },
				Show:  func(watch.Frame) error { return tt.show },
			}.Run(t.Context())
			if !errors.Is(err, tt.want) {
				t.Errorf("Run() = %v, want %v", err, tt.want)
			}
		})
	}
}
