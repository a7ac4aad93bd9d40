package config_test

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/config"
	"example.com/app/internal/limit"
)

const secret = "0123456789abcdef0123456789abcdef"

// queueURL is a good value of the setting for the queue, whichever that is.
const queueURL = "amqp://queue/"

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
			want: config.Config{
				HTTPAddr: ":8080", CacheTTL: time.Minute, MailFrom: "reservations@localhost",
				IPLimit:      limit.Policy{Name: "ip", Quota: 1200, Window: time.Minute},
				AccountLimit: limit.Policy{Name: "account", Quota: 600, Window: time.Minute},
				LogInLimit:   limit.Policy{Name: "login", Quota: 20, Window: time.Minute},
				MailLimit:    limit.Policy{Name: "mail", Quota: 60, Window: time.Hour},
			},
		},
		{
			name: "everything set",
			env: map[string]string{
				"APP_ENV": "production", "APP_VERSION": "1.2.3", "LOG_LEVEL": "debug", "SENTRY_DSN": "https://key@sentry.example.com/1",
				"HTTP_ADDR": "127.0.0.1:9000", "ADMIN_ADDR": "127.0.0.1:9001", "SHUTDOWN_DELAY": "5s",
				"TRUSTED_PROXIES": "10.0.0.0/8, ::1/128", "CORS_ORIGINS": "https://app.example.com, http://localhost:3000",
				"DATABASE_URL": "postgres://db/app", "REDIS_URL": "redis://cache", "CACHE_TTL": "0s", "RABBITMQ_URL": queueURL, "JWT_SECRET": secret,
				"SMTP_URL": "smtp://mail:25", "MAIL_FROM": "rooms@example.com",
				"RATE_LIMIT_IP": "10/s", "RATE_LIMIT_ACCOUNT": "100/m", "RATE_LIMIT_LOGIN": "60/h", "RATE_LIMIT_MAIL": "5/h",
			},
			want: config.Config{
				Production: true, Version: "1.2.3", LogLevel: slog.LevelDebug, SentryDSN: "https://key@sentry.example.com/1",
				HTTPAddr: "127.0.0.1:9000", AdminAddr: "127.0.0.1:9001", ShutdownDelay: 5 * time.Second,
				TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
				CORSOrigins:    []string{"https://app.example.com", "http://localhost:3000"},
				DatabaseURL:    "postgres://db/app", RedisURL: "redis://cache", JWTSecret: []byte(secret),
				SMTPURL: "smtp://mail:25", MailFrom: "rooms@example.com",
				IPLimit:      limit.Policy{Name: "ip", Quota: 10, Window: time.Second},
				AccountLimit: limit.Policy{Name: "account", Quota: 100, Window: time.Minute},
				LogInLimit:   limit.Policy{Name: "login", Quota: 60, Window: time.Hour},
				MailLimit:    limit.Policy{Name: "mail", Quota: 5, Window: time.Hour},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := config.Load(env(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.QueueURL = got.QueueURL // see TestQueueURL
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
			name: "production without anything",
			env:  map[string]string{"APP_ENV": "production"},
			want: []string{"DATABASE_URL is required", "REDIS_URL is required", "JWT_SECRET is required", "SMTP_URL is required"},
		},
		{
			name: "everything wrong",
			env: map[string]string{
				"APP_ENV": "staging", "LOG_LEVEL": "loud", "SENTRY_DSN": "hunter2",
				"HTTP_ADDR": "8080", "ADMIN_ADDR": "9100", "SHUTDOWN_DELAY": "5",
				"TRUSTED_PROXIES": "10.0.0.1,proxy", "CORS_ORIGINS": "*,https://app.example.com/,app.example.com",
				"DATABASE_URL": "mysql://root:hunter2@db/app", "REDIS_URL": "hunter2@cache", "CACHE_TTL": "-1s", "JWT_SECRET": "short",
				"SMTP_URL": "http://user:hunter2@mail", "MAIL_FROM": "nobody",
				"RATE_LIMIT_IP": "0/m", "RATE_LIMIT_ACCOUNT": "many", "RATE_LIMIT_LOGIN": "5/d", "RATE_LIMIT_MAIL": "h",
			},
			want: []string{
				"APP_ENV must be", "LOG_LEVEL must be", "SENTRY_DSN must be",
				"HTTP_ADDR must be", "ADMIN_ADDR must be", "SHUTDOWN_DELAY must be",
				`such as 10.0.0.0/8, not "10.0.0.1"`, `not "proxy"`,
				`CORS_ORIGINS must hold origins such as https://app.example.com, not "*"`, `not "https://app.example.com/"`, `not "app.example.com"`,
				"DATABASE_URL must be", "REDIS_URL must be", "CACHE_TTL must be", "JWT_SECRET must have at least 32 bytes, not 5",
				"SMTP_URL must be", "MAIL_FROM must be",
				"RATE_LIMIT_IP must be", "RATE_LIMIT_ACCOUNT must be", "RATE_LIMIT_LOGIN must be", "RATE_LIMIT_MAIL must be",
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
