package config

import (
	"errors"
	"net/mail"
	"time"

	"example.com/app/internal/env"
	"example.com/app/internal/limit"
)

// All is every setting of the API and the worker: those of config.go, and those of the
// services around them.
type All struct {
	Config

	Version     string   // APP_VERSION; empty: as far as the build knows it
	SentryDSN   string   // SENTRY_DSN; empty: errors are only logged
	AdminAddr   string   // ADMIN_ADDR; empty: metrics are served nowhere
	CORSOrigins []string // CORS_ORIGINS, separated by commas

	RedisURL string        // REDIS_URL; empty: no cache, and limits of this process alone
	CacheTTL time.Duration // CACHE_TTL; zero: no cache
	QueueURL string        // see queue.go; empty: jobs are done in the API's own process

	SMTPURL  string // SMTP_URL; empty: e-mails are only logged
	MailFrom string // MAIL_FROM

	IPLimit      limit.Policy // RATE_LIMIT_IP
	AccountLimit limit.Policy // RATE_LIMIT_ACCOUNT
	LogInLimit   limit.Policy // RATE_LIMIT_LOGIN
	MailLimit    limit.Policy // RATE_LIMIT_MAIL
}

// LoadAll reads the settings as Load does. Production also demands the services that
// the programs rely on.
func LoadAll(getenv func(string) string) (All, error) {
	base, err := Load(getenv)
	cfg := All{Config: base}
	r := &env.Reader{Getenv: getenv}

	cfg.Version = getenv("APP_VERSION")
	cfg.SentryDSN = r.URL("SENTRY_DSN", false, "https://key@example.ingest.sentry.io/1", "https", "http")
	cfg.AdminAddr = r.Address("ADMIN_ADDR", "")
	cfg.CORSOrigins = r.Origins("CORS_ORIGINS")

	cfg.RedisURL = r.URL("REDIS_URL", cfg.Production, "redis://user:password@host:6379/0", "redis", "rediss")
	cfg.CacheTTL = r.Duration("CACHE_TTL", time.Minute, time.Hour)
	cfg.QueueURL = queueURL(r, cfg.Production)

	cfg.SMTPURL = r.URL("SMTP_URL", cfg.Production, "smtp://user:password@host:587", "smtp", "smtps")
	cfg.MailFrom = getenv("MAIL_FROM")
	if cfg.MailFrom == "" {
		cfg.MailFrom = "api@localhost"
	}
	if _, err := mail.ParseAddress(cfg.MailFrom); err != nil {
		r.Wrong("MAIL_FROM", "must be an e-mail address, not %q", cfg.MailFrom)
	}

	cfg.IPLimit = r.Limit("RATE_LIMIT_IP", "ip", "1200/m")
	cfg.AccountLimit = r.Limit("RATE_LIMIT_ACCOUNT", "account", "600/m")
	cfg.LogInLimit = r.Limit("RATE_LIMIT_LOGIN", "login", "20/m")
	cfg.MailLimit = r.Limit("RATE_LIMIT_MAIL", "mail", "60/h")

	return cfg, errors.Join(err, r.Err())
}
