package env_test

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/env"
)

func reader(settings map[string]string) *env.Reader {
	return &env.Reader{Getenv: func(name string) string { return settings[name] }}
}

// All of these settings have the name X.
func TestReader(t *testing.T) {
	const example = "smtp://user:password@host:587"
	networks := func(all ...string) []netip.Prefix {
		prefixes := make([]netip.Prefix, len(all))
		for i, s := range all {
			prefixes[i] = netip.MustParsePrefix(s)
		}
		return prefixes
	}
	tests := []struct {
		name  string
		value string
		read  func(r *env.Reader) any
		want  any
	}{
		{"URL", "smtps://mail:465", func(r *env.Reader) any { return r.URL("X", true, example, "smtp", "smtps") }, "smtps://mail:465"},
		{"no URL", "", func(r *env.Reader) any { return r.URL("X", false, example, "smtp") }, ""},
		{"address", "127.0.0.1:9000", func(r *env.Reader) any { return r.Address("X", ":8080") }, "127.0.0.1:9000"},
		{"no address", "", func(r *env.Reader) any { return r.Address("X", ":8080") }, ":8080"},
		{"duration", "5s", func(r *env.Reader) any { return r.Duration("X", time.Minute, time.Hour) }, 5 * time.Second},
		{"longest duration", "1h", func(r *env.Reader) any { return r.Duration("X", time.Minute, time.Hour) }, time.Hour},
		{"no time at all", "0s", func(r *env.Reader) any { return r.Duration("X", time.Minute, time.Hour) }, time.Duration(0)},
		{"no duration", "", func(r *env.Reader) any { return r.Duration("X", time.Minute, time.Hour) }, time.Minute},
		{"networks", "10.0.0.0/8, ::1/128", func(r *env.Reader) any { return r.Networks("X") }, networks("10.0.0.0/8", "::1/128")},
		{"no networks", "", func(r *env.Reader) any { return r.Networks("X") }, []netip.Prefix(nil)},
		{"secret", "12345678", func(r *env.Reader) any { return r.Secret("X", true, 8) }, []byte("12345678")},
		{"no secret", "", func(r *env.Reader) any { return r.Secret("X", false, 8) }, []byte(nil)},
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

func TestProduction(t *testing.T) {
	for value, want := range map[string]bool{"": false, "development": false, "production": true} {
		r := reader(map[string]string{"APP_ENV": value})
		if got := r.Production(); got != want || r.Err() != nil {
			t.Errorf("Production() with APP_ENV=%s = %t, %v, want %t", value, got, r.Err(), want)
		}
	}
}

func TestLevel(t *testing.T) {
	for value, want := range map[string]slog.Level{"": slog.LevelInfo, "debug": slog.LevelDebug, "WARN": slog.LevelWarn} {
		r := reader(map[string]string{"LOG_LEVEL": value})
		if got := r.Level(); got != want || r.Err() != nil {
			t.Errorf("Level() with LOG_LEVEL=%s = %v, %v, want %v", value, got, r.Err(), want)
		}
	}
}

func TestErrNamesEverythingThatIsWrong(t *testing.T) {
	r := reader(map[string]string{
		"APP_ENV": "staging", "LOG_LEVEL": "loud", "SECRET": "short",
		"DATABASE_URL": "mysql://root:hunter2@db/app", "REDIS_URL": "redis://:hunter2@[::1",
		"HTTP_ADDR": "8080", "DELAY": "5", "AGE": "-1s", "TTL": "2h",
		"PROXIES": "10.0.0.1,proxy",
	})
	r.Production()
	r.Level()
	r.Secret("SECRET", true, 32)
	r.Secret("KEY", true, 32)
	r.URL("DATABASE_URL", true, "postgres://user:password@host:5432/name", "postgres")
	r.URL("REDIS_URL", false, "redis://host", "redis")
	r.URL("SMTP_URL", true, "smtp://host", "smtp")
	r.Address("HTTP_ADDR", ":8080")
	r.Duration("DELAY", 0, time.Minute)
	r.Duration("AGE", 0, time.Minute)
	r.Duration("TTL", 0, time.Hour)
	r.Networks("PROXIES")
	r.Wrong("MAIL_FROM", "must be an e-mail address, not %q", "nobody")

	want := []string{
		`APP_ENV must be development or production, not "staging"`,
		`LOG_LEVEL must be debug, info, warn or error, not "loud"`,
		`SECRET must have at least 32 bytes, not 5`,
		`KEY is required in production`,
		`DATABASE_URL must be a URL such as postgres://user:password@host:5432/name`,
		`REDIS_URL must be a URL such as redis://host`,
		`SMTP_URL is required in production`,
		`HTTP_ADDR must be host:port or :port, not "8080"`,
		`DELAY must be a duration up to 1m0s, such as 5s, not "5"`,
		`AGE must be a duration up to 1m0s, such as 5s, not "-1s"`,
		`TTL must be a duration up to 1h0m0s, such as 5s, not "2h"`,
		`PROXIES must hold networks such as 10.0.0.0/8, not "10.0.0.1"`,
		`PROXIES must hold networks such as 10.0.0.0/8, not "proxy"`,
		`MAIL_FROM must be an e-mail address, not "nobody"`,
	}
	err := r.Err()
	if err == nil {
		t.Fatal("Err() = nil, want an error")
	}
	if got := err.Error(); got != strings.Join(want, "\n") {
		t.Errorf("Err() =\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
