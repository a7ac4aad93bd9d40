package env_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/acme/reservation-api/internal/env"
	"github.com/acme/reservation-api/internal/limit"
)

// All of these settings have the name X.
func TestServiceSettings(t *testing.T) {
	origins := func(r *env.Reader) any { return r.Origins("X") }
	rate := func(r *env.Reader) any { return r.Limit("X", "ip", "600/m") }
	tests := []struct {
		name  string
		value string
		read  func(r *env.Reader) any
		want  any
	}{
		{"origins", "https://app.example.com, http://localhost:3000", origins, []string{"https://app.example.com", "http://localhost:3000"}},
		{"no origins", "", origins, []string(nil)},
		{"limit", "20/s", rate, limit.Policy{Name: "ip", Quota: 20, Window: time.Second}},
		{"no limit", "", rate, limit.Policy{Name: "ip", Quota: 600, Window: time.Minute}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := reader(map[string]string{"X": test.value})
			got := test.read(r)
			if err := r.Err(); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("X=%s is read as %v, %v, want %v", test.value, got, err, test.want)
			}
		})
	}
}

func TestErrNamesWrongServiceSettings(t *testing.T) {
	r := reader(map[string]string{
		"ORIGINS": "*,https://app.example.com/,app.example.com,ftp://app.example.com",
		"RATE":    "0/m",
	})
	r.Origins("ORIGINS")
	r.Limit("RATE", "ip", "600/m")
	want := []string{
		`ORIGINS must hold origins such as https://app.example.com, not "*"`,
		`ORIGINS must hold origins such as https://app.example.com, not "https://app.example.com/"`,
		`ORIGINS must hold origins such as https://app.example.com, not "app.example.com"`,
		`ORIGINS must hold origins such as https://app.example.com, not "ftp://app.example.com"`,
		`RATE must be a rate such as 600/m, not "0/m"`,
	}
	if err := r.Err(); err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("Err() =\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
}
