package limit_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"example.com/app/internal/limit"
)

func TestParseRate(t *testing.T) {
	tests := []struct {
		rate   string
		quota  int
		window time.Duration
		ok     bool
	}{
		{"10/s", 10, time.Second, true},
		{"600/m", 600, time.Minute, true},
		{"1/h", 1, time.Hour, true},
		{"1000000/s", 1_000_000, time.Second, true},
		{"1000001/h", 0, 0, false},
		{"0/m", 0, 0, false},
		{"-1/m", 0, 0, false},
		{"+1/m", 0, 0, false},
		{"10", 0, 0, false},
		{"10/", 0, 0, false},
		{"10/d", 0, 0, false},
		{"/m", 0, 0, false},
		{"ten/m", 0, 0, false},
		{"10/m/m", 0, 0, false},
		{" 10/m", 0, 0, false},
		{"1.5/s", 0, 0, false},
		{"", 0, 0, false},
	}
	for _, test := range tests {
		t.Run(test.rate, func(t *testing.T) {
			quota, window, err := limit.ParseRate(test.rate)
			if quota != test.quota || window != test.window || (err == nil) != test.ok {
				t.Errorf("ParseRate(%q) = %d, %v, %v, want %d, %v, ok %t",
					test.rate, quota, window, err, test.quota, test.window, test.ok)
			}
		})
	}
}

func TestSetHeaders(t *testing.T) {
	policy := limit.Policy{Name: "account", Quota: 100, Window: time.Minute}
	tests := []struct {
		name     string
		decision limit.Decision
		want     http.Header
	}{
		{
			"allowed", limit.Decision{Allowed: true, Remaining: 50, Reset: 600 * time.Millisecond},
			http.Header{"Ratelimit-Policy": {`"account";q=100;w=60`}, "Ratelimit": {`"account";r=50;t=1`}},
		},
		{
			"the last one", limit.Decision{Allowed: true, Reset: 2 * time.Second},
			http.Header{"Ratelimit-Policy": {`"account";q=100;w=60`}, "Ratelimit": {`"account";r=0;t=2`}},
		},
		{
			"not allowed", limit.Decision{Reset: 2*time.Second + time.Nanosecond},
			http.Header{
				"Ratelimit-Policy": {`"account";q=100;w=60`}, "Ratelimit": {`"account";r=0;t=3`}, "Retry-After": {"3"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := make(http.Header)
			test.decision.SetHeaders(got, policy)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("SetHeaders() = %v, want %v", got, test.want)
			}
		})
	}
}

func TestInterval(t *testing.T) {
	tests := []struct {
		name   string
		quota  int
		window time.Duration
		want   time.Duration
	}{
		{"even", 5, time.Hour, 12 * time.Minute},
		{"not even", 7, time.Minute, 8571428 * time.Microsecond},
		{"the most", 1_000_000, time.Second, time.Microsecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (limit.Policy{Quota: test.quota, Window: test.window}).Interval(); got != test.want {
				t.Errorf("Interval() = %v, want %v", got, test.want)
			}
		})
	}
}
