package httpapi

import "testing"

func TestNetwork(t *testing.T) {
	tests := map[string]string{
		"203.0.113.9":         "203.0.113.9",
		"::ffff:203.0.113.9":  "::ffff:203.0.113.9",
		"2001:db8:1:2:3::4":   "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::": "2001:db8:1:2::/64",
		"2001:db8:1:3::":      "2001:db8:1:3::/64",
		"fe80::1%eth0":        "fe80::/64",
		"nonsense":            "nonsense",
	}
	for ip, want := range tests {
		if got := network(ip); got != want {
			t.Errorf("network(%q) = %q, want %q", ip, got, want)
		}
	}
}
