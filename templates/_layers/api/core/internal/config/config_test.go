package config_test

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/config"
)

const secret = "0123456789abcdef0123456789abcdef"

func env(settings map[string]string) func(string) string {
	return func(name string) string { return settings[name] }
}

func TestLoad(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want config.Config
	}{
		{
			name: "nothing set",
			want: config.Config{HTTPAddr: ":8080"},
		},
		{
			name: "everything set",
			env: map[string]string{
				"APP_ENV": "production", "LOG_LEVEL": "debug", "HTTP_ADDR": "127.0.0.1:9000",
				"DATABASE_URL": "postgres://db/app", "JWT_SECRET": secret, "TRUSTED_PROXIES": "10.0.0.0/8, ::1/128",
				"SHUTDOWN_DELAY": "5s",
			},
			want: config.Config{
				Production: true, LogLevel: slog.LevelDebug, HTTPAddr: "127.0.0.1:9000",
				DatabaseURL: "postgres://db/app", JWTSecret: []byte(secret),
				TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
				ShutdownDelay:  5 * time.Second,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := config.Load(env(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Load() = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLoadNamesEveryProblemAtOnce(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want []string
	}{
		{
			name: "production without secrets",
			env:  map[string]string{"APP_ENV": "production"},
			want: []string{"DATABASE_URL is required", "JWT_SECRET is required"},
		},
		{
			name: "everything wrong",
			env: map[string]string{
				"APP_ENV": "staging", "LOG_LEVEL": "loud", "HTTP_ADDR": "8080",
				"DATABASE_URL": "mysql://root:hunter2@db/app", "JWT_SECRET": "short", "TRUSTED_PROXIES": "10.0.0.1,proxy",
				"SHUTDOWN_DELAY": "5",
			},
			want: []string{
				"APP_ENV must be", "LOG_LEVEL must be", "HTTP_ADDR must be", "DATABASE_URL must be",
				"JWT_SECRET must have at least 32 bytes, not 5", `such as 10.0.0.0/8, not "10.0.0.1"`, `not "proxy"`, "SHUTDOWN_DELAY must be",
			},
		},
		{
			name: "stops for ever",
			env:  map[string]string{"SHUTDOWN_DELAY": "2m"},
			want: []string{"SHUTDOWN_DELAY must be"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Load(env(tt.env))
			if err == nil {
				t.Fatal("Load() = nil, want an error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Load() = %q, want it to say %q", err, want)
				}
			}
			for _, secret := range []string{"hunter2", "short"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("Load() = %q, which tells the secret %q", err, secret)
				}
			}
		})
	}
}
