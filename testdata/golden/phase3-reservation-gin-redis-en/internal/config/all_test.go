package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/acme/reservation-api/internal/config"
	"github.com/acme/reservation-api/internal/limit"
)

// queueURL is a good value of the setting for the queue, whichever that is.
const queueURL = "amqp://queue/"

func TestLoadAll(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want config.All
	}{
		{
			name: "nothing set",
			want: config.All{
				Config:   config.Config{HTTPAddr: ":8080"},
				CacheTTL: time.Minute, MailFrom: "api@localhost",
				IPLimit:      limit.Policy{Name: "ip", Quota: 1200, Window: time.Minute},
				AccountLimit: limit.Policy{Name: "account", Quota: 600, Window: time.Minute},
				LogInLimit:   limit.Policy{Name: "login", Quota: 20, Window: time.Minute},
				MailLimit:    limit.Policy{Name: "mail", Quota: 60, Window: time.Hour},
			},
		},
		{
			name: "everything set",
			env: map[string]string{
				"APP_ENV": "production", "APP_VERSION": "1.2.3", "SENTRY_DSN": "https://key@sentry.example.com/1",
				"ADMIN_ADDR": "127.0.0.1:9001", "CORS_ORIGINS": "https://app.example.com, http://localhost:3000",
				"DATABASE_URL": "postgres://db/app", "REDIS_URL": "redis://cache", "CACHE_TTL": "0s", "RABBITMQ_URL": queueURL, "JWT_SECRET": secret,
				"SMTP_URL": "smtp://mail:25", "MAIL_FROM": "api@example.com",
				"RATE_LIMIT_IP": "10/s", "RATE_LIMIT_ACCOUNT": "100/m", "RATE_LIMIT_LOGIN": "60/h", "RATE_LIMIT_MAIL": "5/h",
			},
			want: config.All{
				Config:  config.Config{Production: true, HTTPAddr: ":8080", DatabaseURL: "postgres://db/app", JWTSecret: []byte(secret)},
				Version: "1.2.3", SentryDSN: "https://key@sentry.example.com/1",
				AdminAddr: "127.0.0.1:9001", CORSOrigins: []string{"https://app.example.com", "http://localhost:3000"},
				RedisURL: "redis://cache", SMTPURL: "smtp://mail:25", MailFrom: "api@example.com",
				IPLimit:      limit.Policy{Name: "ip", Quota: 10, Window: time.Second},
				AccountLimit: limit.Policy{Name: "account", Quota: 100, Window: time.Minute},
				LogInLimit:   limit.Policy{Name: "login", Quota: 60, Window: time.Hour},
				MailLimit:    limit.Policy{Name: "mail", Quota: 5, Window: time.Hour},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := config.LoadAll(env(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.QueueURL = got.QueueURL // see TestQueueURL
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("LoadAll() = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLoadAllNamesEveryProblemAtOnce(t *testing.T) {
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
				"LOG_LEVEL": "loud", "JWT_SECRET": "short", "SENTRY_DSN": "hunter2",
				"ADMIN_ADDR": "9100", "CORS_ORIGINS": "*,https://app.example.com/,app.example.com",
				"REDIS_URL": "hunter2@cache", "CACHE_TTL": "-1s",
				"SMTP_URL": "http://user:hunter2@mail", "MAIL_FROM": "api at example.com",
				"RATE_LIMIT_IP": "0/m", "RATE_LIMIT_ACCOUNT": "many", "RATE_LIMIT_LOGIN": "5/d", "RATE_LIMIT_MAIL": "h",
			},
			want: []string{
				"LOG_LEVEL must be", "JWT_SECRET must have at least 32 bytes, not 5", // as Load does
				"SENTRY_DSN must be", "ADMIN_ADDR must be",
				`CORS_ORIGINS must hold origins such as https://app.example.com, not "*"`, `not "https://app.example.com/"`, `not "app.example.com"`,
				"REDIS_URL must be", "CACHE_TTL must be",
				"SMTP_URL must be", "MAIL_FROM must be",
				"RATE_LIMIT_IP must be", "RATE_LIMIT_ACCOUNT must be", "RATE_LIMIT_LOGIN must be", "RATE_LIMIT_MAIL must be",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.LoadAll(env(tt.env))
			if err == nil {
				t.Fatal("LoadAll() = nil, want an error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("LoadAll() = %q, want it to say %q", err, want)
				}
			}
			for _, secret := range []string{"hunter2", "short"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("LoadAll() = %q, which tells the secret %q", err, secret)
				}
			}
		})
	}
}
