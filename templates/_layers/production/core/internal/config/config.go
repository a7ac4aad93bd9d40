// Package config reads the program's settings from its environment.
package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"time"

	"example.com/app/internal/auth"
	"example.com/app/internal/env"
	"example.com/app/internal/limit"
)

// Config is every setting of the programs.
type Config struct {
	Production bool       // APP_ENV
	Version    string     // APP_VERSION; empty: as far as the build knows it
	LogLevel   slog.Level // LOG_LEVEL
	SentryDSN  string     // SENTRY_DSN; empty: errors are only logged

	HTTPAddr       string         // HTTP_ADDR
	AdminAddr      string         // ADMIN_ADDR; empty: each program's own
	TrustedProxies []netip.Prefix // TRUSTED_PROXIES, separated by commas
	CORSOrigins    []string       // CORS_ORIGINS, separated by commas
	ShutdownDelay  time.Duration  // SHUTDOWN_DELAY: how long a program that stops says so before it does

	DatabaseURL string        // DATABASE_URL; empty: the memory stores
	RedisURL    string        // REDIS_URL; empty: no cache, and limits of this process alone
	CacheTTL    time.Duration // CACHE_TTL; zero: no cache
	QueueURL    string        // see queue.go; empty: jobs are done in the API's own process
	JWTSecret   []byte        // JWT_SECRET; nil: a random one for this run

	SMTPURL  string // SMTP_URL; empty: e-mails are only logged
	MailFrom string // MAIL_FROM

	IPLimit      limit.Policy // RATE_LIMIT_IP
	AccountLimit limit.Policy // RATE_LIMIT_ACCOUNT
	LogInLimit   limit.Policy // RATE_LIMIT_LOGIN
	MailLimit    limit.Policy // RATE_LIMIT_MAIL
}

// Load reads the settings through getenv. A setting that is absent or empty has
// its default, except that production demands every part that others rely on. The
// error names everything that is wrong, and repeats no secret.
func Load(getenv func(string) string) (Config, error) {
	r := &env.Reader{Getenv: getenv}
	var cfg Config

	cfg.Production = r.Production()
	cfg.Version = getenv("APP_VERSION")
	cfg.LogLevel = r.Level()
	cfg.SentryDSN = r.URL("SENTRY_DSN", false, "https://key@example.ingest.sentry.io/1", "https", "http")

	cfg.HTTPAddr = r.Address("HTTP_ADDR", ":8080")
	cfg.AdminAddr = r.Address("ADMIN_ADDR", "")
	cfg.TrustedProxies = r.Networks("TRUSTED_PROXIES")
	cfg.CORSOrigins = r.Origins("CORS_ORIGINS")
	cfg.ShutdownDelay = r.Duration("SHUTDOWN_DELAY", 0, time.Minute)

	cfg.DatabaseURL = r.URL("DATABASE_URL", cfg.Production, "postgres://user:password@host:5432/name", "postgres", "postgresql")
	cfg.RedisURL = r.URL("REDIS_URL", cfg.Production, "redis://user:password@host:6379/0", "redis", "rediss")
	cfg.CacheTTL = r.Duration("CACHE_TTL", time.Minute, time.Hour)
	cfg.QueueURL = queueURL(r, cfg.Production)
	cfg.JWTSecret = r.Secret("JWT_SECRET", cfg.Production, auth.MinKeyBytes)

	cfg.SMTPURL = r.URL("SMTP_URL", cfg.Production, "smtp://user:password@host:587", "smtp", "smtps")
	cfg.MailFrom = getenv("MAIL_FROM")
	if cfg.MailFrom == "" {
		cfg.MailFrom = "reservations@localhost"
	}
	if _, err := mail.ParseAddress(cfg.MailFrom); err != nil {
		r.Wrong("MAIL_FROM", "must be an e-mail address, not %q", cfg.MailFrom)
	}

	cfg.IPLimit = r.Limit("RATE_LIMIT_IP", "ip", "1200/m")
	cfg.AccountLimit = r.Limit("RATE_LIMIT_ACCOUNT", "account", "600/m")
	cfg.LogInLimit = r.Limit("RATE_LIMIT_LOGIN", "login", "20/m")
	cfg.MailLimit = r.Limit("RATE_LIMIT_MAIL", "mail", "60/h")

	return cfg, r.Err()
}
