// Package config reads the program's settings from its environment.
package config

import (
	"errors"
	"log/slog"
	"net/mail"
	"net/netip"
	"time"

	"example.com/app/internal/auth"
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
	l := &loader{getenv: getenv}
	var cfg Config

	switch env := getenv("APP_ENV"); env {
	case "", "development":
	case "production":
		cfg.Production = true
	default:
		l.wrong("APP_ENV", "must be development or production, not %q", env)
	}
	cfg.Version = getenv("APP_VERSION")
	if level := getenv("LOG_LEVEL"); level != "" {
		if err := cfg.LogLevel.UnmarshalText([]byte(level)); err != nil {
			l.wrong("LOG_LEVEL", "must be debug, info, warn or error, not %q", level)
		}
	}
	cfg.SentryDSN = l.url("SENTRY_DSN", false, "https://key@example.ingest.sentry.io/1", "https", "http")

	cfg.HTTPAddr = l.address("HTTP_ADDR", ":8080")
	cfg.AdminAddr = l.address("ADMIN_ADDR", "")
	cfg.TrustedProxies = l.networks("TRUSTED_PROXIES")
	cfg.CORSOrigins = l.origins("CORS_ORIGINS")
	cfg.ShutdownDelay = l.duration("SHUTDOWN_DELAY", 0, time.Minute)

	cfg.DatabaseURL = l.url("DATABASE_URL", cfg.Production, "postgres://user:password@host:5432/name", "postgres", "postgresql")
	cfg.RedisURL = l.url("REDIS_URL", cfg.Production, "redis://user:password@host:6379/0", "redis", "rediss")
	cfg.CacheTTL = l.duration("CACHE_TTL", time.Minute, time.Hour)
	cfg.QueueURL = l.queueURL(cfg.Production)
	switch secret := getenv("JWT_SECRET"); {
	case secret == "" && cfg.Production:
		l.wrong("JWT_SECRET", "is required in production")
	case secret == "":
	case len(secret) < auth.MinKeyBytes:
		l.wrong("JWT_SECRET", "must have at least %d bytes, not %d", auth.MinKeyBytes, len(secret))
	default:
		cfg.JWTSecret = []byte(secret)
	}

	cfg.SMTPURL = l.url("SMTP_URL", cfg.Production, "smtp://user:password@host:587", "smtp", "smtps")
	cfg.MailFrom = getenv("MAIL_FROM")
	if cfg.MailFrom == "" {
		cfg.MailFrom = "reservations@localhost"
	}
	if _, err := mail.ParseAddress(cfg.MailFrom); err != nil {
		l.wrong("MAIL_FROM", "must be an e-mail address, not %q", cfg.MailFrom)
	}

	cfg.IPLimit = l.limit("RATE_LIMIT_IP", "ip", "1200/m")
	cfg.AccountLimit = l.limit("RATE_LIMIT_ACCOUNT", "account", "600/m")
	cfg.LogInLimit = l.limit("RATE_LIMIT_LOGIN", "login", "20/m")
	cfg.MailLimit = l.limit("RATE_LIMIT_MAIL", "mail", "60/h")

	return cfg, errors.Join(l.errs...)
}
