package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"example.com/app/internal/money"
)

func of(t testing.TB, amount int64, currency string) money.Money {
	t.Helper()
	m, err := money.New(amount, currency)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNew(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		amount   int64
		currency string
		ok       bool
	}{
		{"rupiah", 18500000, "IDR", true},
		{"nothing of a currency", 0, "JPY", true},
		{"as much as there can be", math.MaxInt64, "USD", true},
		{"less than nothing", -1, "IDR", false},
		{"no currency", 1, "", false},
		{"two letters", 1, "ID", false},
		{"four letters", 1, "IDRR", false},
		{"lower case", 1, "idr", false},
		{"a digit", 1, "ID1", false},
		{"three bytes that are one letter", 1, "\u20ac", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, err := money.New(test.amount, test.currency)
			if (err == nil) != test.ok {
				t.Fatalf("New(%d, %q) = %v, %v", test.amount, test.currency, m, err)
			}
			if test.ok && (m.Amount() != test.amount || m.Currency() != test.currency) {
				t.Errorf("New(%d, %q) = %v", test.amount, test.currency, m)
			}
		})
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	var nothing money.Money
	most := of(t, math.MaxInt64, "IDR")
	tests := []struct {
		name    string
		a, b    money.Money
		want    money.Money
		wantErr error
	}{
		{"two", of(t, 1000, "IDR"), of(t, 250, "IDR"), of(t, 1250, "IDR"), nil},
		{"nothing and some", nothing, of(t, 250, "IDR"), of(t, 250, "IDR"), nil},
		{"some and nothing", of(t, 250, "IDR"), nothing, of(t, 250, "IDR"), nil},
		{"nothing twice", nothing, nothing, nothing, nil},
		{"as much as there can be", of(t, math.MaxInt64-1, "IDR"), of(t, 1, "IDR"), most, nil},
		{"more", most, of(t, 1, "IDR"), nothing, money.ErrOverflow},
		{"two currencies", of(t, 1, "IDR"), of(t, 1, "USD"), nothing, money.ErrCurrency},
		{"no rupiah and dollars", of(t, 0, "IDR"), of(t, 1, "USD"), nothing, money.ErrCurrency},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := test.a.Add(test.b)
			if got != test.want || !errors.Is(err, test.wantErr) {
				t.Errorf("%v + %v = %v, %v, want %v, %v", test.a, test.b, got, err, test.want, test.wantErr)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		m       money.Money
		n       int
		want    int64
		wantErr error
	}{
		{"some", of(t, 250, "IDR"), 3, 750, nil},
		{"none", of(t, 250, "IDR"), 0, 0, nil},
		{"less than none", of(t, 250, "IDR"), -1, 0, money.ErrOverflow},
		{"as much as there can be", of(t, math.MaxInt64, "IDR"), 1, math.MaxInt64, nil},
		{"one bit more", of(t, 1<<62, "IDR"), 2, 0, money.ErrOverflow},
		{"far more", of(t, math.MaxInt64, "IDR"), math.MaxInt, 0, money.ErrOverflow},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := test.m.Times(test.n)
			if got.Amount() != test.want || !errors.Is(err, test.wantErr) || err == nil && got.Currency() != "IDR" {
				t.Errorf("%v × %d = %v, %v, want %d, %v", test.m, test.n, got, err, test.want, test.wantErr)
			}
		})
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	if got := of(t, 1999, "USD").String(); got != "1999 USD" {
		t.Errorf("String() = %q, want 1999 USD", got)
	}
}

// FuzzArithmetic compares with numbers that have no end.
func FuzzArithmetic(f *testing.F) {
	f.Add(int64(1000), int64(250), 3)
	f.Add(int64(math.MaxInt64), int64(1), 2)
	f.Add(int64(1)<<62, int64(0), math.MaxInt)
	f.Fuzz(func(t *testing.T, x, y int64, n int) {
		a, errA := money.New(x, "IDR")
		b, errB := money.New(y, "IDR")
		if errA != nil || errB != nil {
			return
		}
		check := func(what string, got money.Money, err error, want *big.Int) {
			t.Helper()
			fits := want.IsInt64() && want.Sign() >= 0
			if (err == nil) != fits || fits && got.Amount() != want.Int64() {
				t.Errorf("%s = %v, %v, want %s", what, got, err, want)
			}
		}
		sum, err := a.Add(b)
		check("sum", sum, err, new(big.Int).Add(big.NewInt(x), big.NewInt(y)))
		product, err := a.Times(n)
		if n >= 0 {
			check("product", product, err, new(big.Int).Mul(big.NewInt(x), big.NewInt(int64(n))))
		} else if err == nil {
			t.Errorf("%v × %d = %v, want an error", a, n, product)
		}
	})
}
