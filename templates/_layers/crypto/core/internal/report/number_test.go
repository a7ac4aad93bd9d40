package report

import (
	"testing"

	"github.com/shopspring/decimal"
)

func TestPrice(t *testing.T) {
	tests := []struct {
		name, price, currency, want string
	}{
		{"rupiah by the million", "1600000000.49", "idr", "1,600,000,000"},
		{"rupiah by the thousand", "1000", "idr", "1,000"},
		{"few rupiah", "999.5", "idr", "999.50"},
		{"part of a rupiah", "0.43941", "idr", "0.4394"},
		{"dollars", "67187.3358936566", "usd", "67,187.34"},
		{"one dollar", "1", "usd", "1.00"},
		{"cents", "0.25", "usd", "0.25"},
		{"almost a dollar", "0.99996", "usd", "1"},
		{"tiny", "0.0000278412", "usd", "0.00002784"},
		{"tiniest", "0.000000000000000012345", "usd", "0.00000000000000001235"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := decimal.NewFromString(tt.price)
			if err != nil {
				t.Fatal(err)
			}
			if got := Price(d, tt.currency); got != tt.want {
				t.Errorf("Price(%s, %s) = %s, want %s", tt.price, tt.currency, got, tt.want)
			}
		})
	}
}

func TestMoney(t *testing.T) {
	tests := []struct {
		name     string
		amount   int64 // hundredths
		currency string
		want     string
	}{
		{"rupiah have no cents", 123456789, "idr", "1,234,568"},
		{"dollars have", 123456789, "usd", "1,234,567.89"},
		{"loss", -123456, "usd", "-1,234.56"},
		{"loss of three digits", -12345, "usd", "-123.45"},
		{"nothing", 0, "idr", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Money(decimal.New(tt.amount, -2), tt.currency); got != tt.want {
				t.Errorf("Money(%d) = %s, want %s", tt.amount, got, tt.want)
			}
		})
	}
}

func TestChange(t *testing.T) {
	up, down := decimal.NewNullDecimal(decimal.New(12345678, -4)), decimal.NewNullDecimal(decimal.New(-5, -1))
	tests := []struct {
		name   string
		change decimal.NullDecimal
		colour bool
		want   string
	}{
		{"up", up, false, "+1,234.57%"},
		{"up in green", up, true, "\x1b[32m+1,234.57%\x1b[0m"},
		{"down", down, false, "-0.50%"},
		{"down in red", down, true, "\x1b[31m-0.50%\x1b[0m"},
		{"nowhere", decimal.NewNullDecimal(decimal.Zero), true, "0.00%"},
		{"unknown", decimal.NullDecimal{}, true, "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Change(tt.change, tt.colour); got != tt.want {
				t.Errorf("Change() = %q, want %q", got, tt.want)
			}
		})
	}
}
