package market

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func TestParsePrice(t *testing.T) {
	tests := []struct {
		name    string
		in      string
		want    string
		wantErr string
	}{
		{name: "whole", in: "1600000000", want: "1600000000"},
		{name: "digits that a float would lose", in: "67187.33589365660012345", want: "67187.33589365660012345"},
		{name: "exponent", in: "1.2e-05", want: "0.000012"},
		{name: "smallest", in: "1e-40", want: "0." + strings.Repeat("0", 39) + "1"},
		{name: "zero", in: "0", wantErr: "not above zero"},
		{name: "zero with an exponent", in: "0e5", wantErr: "not above zero"},
		{name: "negative", in: "-1", wantErr: "not above zero"},
		{name: "empty", in: "", wantErr: "not a number"},
		{name: "words", in: "lots", wantErr: "not a number"},
		{name: "separators", in: "1,600,000", wantErr: "not a number"},
		{name: "not a number by name", in: "NaN", wantErr: "not a number"},
		{name: "infinity", in: "Inf", wantErr: "not a number"},
		{name: "ten thousand digits", in: "1e9999", wantErr: "out of range"},
		{name: "just too big", in: "1e24", wantErr: "out of range"},
		{name: "just too fine", in: "1e-41", wantErr: "out of range"},
		{name: "endless", in: strings.Repeat("9", 101), wantErr: "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParsePrice(tt.in)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("ParsePrice(%q) = %v, %v, want an error with %q", tt.in, got, err, tt.wantErr)
				}
				return
			}
			if err != nil || got.String() != tt.want {
				t.Errorf("ParsePrice(%q) = %v, %v, want %s", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestParseNumberKeepsSign(t *testing.T) {
	got, err := ParseNumber("-3.5")
	if want := decimal.New(-35, -1); err != nil || !got.Equal(want) {
		t.Errorf("ParseNumber(-3.5) = %v, %v, want %v", got, err, want)
	}
}

func TestParseCurrency(t *testing.T) {
	tests := []struct {
		name, in, want string
		wantErr        bool
	}{
		{name: "lower case", in: "idr", want: "idr"},
		{name: "upper case", in: "USD", want: "usd"},
		{name: "empty", in: "", wantErr: true},
		{name: "one letter", in: "x", wantErr: true},
		{name: "too long", in: "abcdefghijk", wantErr: true},
		{name: "digits", in: "us1", wantErr: true},
		{name: "part of a query", in: "usd&ids=x", wantErr: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseCurrency(tt.in)
			if got != tt.want || (err != nil) != tt.wantErr {
				t.Errorf("ParseCurrency(%q) = %q, %v, want %q, error %t", tt.in, got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func TestParseChange(t *testing.T) {
	for _, in := range []string{"-100", "-3.5", "0", "1234"} {
		if got, err := ParseChange(in); err != nil || got.String() != in {
			t.Errorf("ParseChange(%q) = %v, %v, want it", in, got, err)
		}
	}
	for _, in := range []string{"-100.0001", "-1e9", "lots"} {
		if got, err := ParseChange(in); err == nil {
			t.Errorf("ParseChange(%q) = %v, want an error", in, got)
		}
	}
}
