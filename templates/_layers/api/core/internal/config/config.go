// Package config reads the program's settings from its environment.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"example.com/app/internal/auth"
)

// Config is every setting of the program.
type Config struct {
	Production     bool           // APP_ENV
	LogLevel       slog.Level     // LOG_LEVEL
	HTTPAddr       string         // HTTP_ADDR
	DatabaseURL    string         // DATABASE_URL; empty: the memory stores
	JWTSecret      []byte         // JWT_SECRET; nil: a random one for this run
	TrustedProxies []netip.Prefix // TRUSTED_PROXIES, separated by commas
}

// Load reads the settings through getenv. A setting that is absent or empty has
// its default, except that production demands DATABASE_URL and JWT_SECRET. The
// error names everything that is wrong, and repeats no secret.
func Load(getenv func(string) string) (Config, error) {
	var cfg Config
	var errs []error
	wrong := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf(name+" "+format, args...))
	}

	switch env := getenv("APP_ENV"); env {
	case "", "development":
	case "production":
		cfg.Production = true
	default:
		wrong("APP_ENV", "must be development or production, not %q", env)
	}

	if level := getenv("LOG_LEVEL"); level != "" {
		if err := cfg.LogLevel.UnmarshalText([]byte(level)); err != nil {
			wrong("LOG_LEVEL", "must be debug, info, warn or error, not %q", level)
		}
	}

	cfg.HTTPAddr = getenv("HTTP_ADDR")
	if cfg.HTTPAddr == "" {
		cfg.HTTPAddr = ":8080"
	}
	if _, _, err := net.SplitHostPort(cfg.HTTPAddr); err != nil {
		wrong("HTTP_ADDR", "must be host:port or :port, not %q", cfg.HTTPAddr)
	}

	cfg.DatabaseURL = getenv("DATABASE_URL")
	switch u, err := url.Parse(cfg.DatabaseURL); {
	case cfg.DatabaseURL == "" && cfg.Production:
		wrong("DATABASE_URL", "is required in production")
	case cfg.DatabaseURL == "":
	case err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql":
		wrong("DATABASE_URL", "must be a URL such as postgres://user:password@host:5432/name")
	}

	switch secret := getenv("JWT_SECRET"); {
	case secret == "" && cfg.Production:
		wrong("JWT_SECRET", "is required in production")
	case secret == "":
	case len(secret) < auth.MinKeyBytes:
		wrong("JWT_SECRET", "must have at least %d bytes, not %d", auth.MinKeyBytes, len(secret))
	default:
		cfg.JWTSecret = []byte(secret)
	}

	if proxies := getenv("TRUSTED_PROXIES"); proxies != "" {
		for proxy := range strings.SplitSeq(proxies, ",") {
			prefix, err := netip.ParsePrefix(strings.TrimSpace(proxy))
			if err != nil {
				wrong("TRUSTED_PROXIES", "must hold networks such as 10.0.0.0/8, not %q", proxy)
			}
			cfg.TrustedProxies = append(cfg.TrustedProxies, prefix)
		}
	}

	return cfg, errors.Join(errs...)
}
