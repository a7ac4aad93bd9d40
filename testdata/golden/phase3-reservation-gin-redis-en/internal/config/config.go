// Package config reads the program's settings from its environment.
package config

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/acme/reservation-api/internal/auth"
	"github.com/acme/reservation-api/internal/env"
)

// Config is every setting of the API.
type Config struct {
	Production     bool           // APP_ENV
	LogLevel       slog.Level     // LOG_LEVEL
	HTTPAddr       string         // HTTP_ADDR
	DatabaseURL    string         // DATABASE_URL; empty: the memory stores
	JWTSecret      []byte         // JWT_SECRET; nil: a random one for this run
	TrustedProxies []netip.Prefix // TRUSTED_PROXIES, separated by commas
	ShutdownDelay  time.Duration  // SHUTDOWN_DELAY: how long /readyz fails before the program stops
}

// Load reads the settings through getenv. A setting that is absent or empty has
// its default, except that production demands DATABASE_URL and JWT_SECRET. The
// error names everything that is wrong, and repeats no secret.
func Load(getenv func(string) string) (Config, error) {
	r := &env.Reader{Getenv: getenv}
	var cfg Config
	cfg.Production = r.Production()
	cfg.LogLevel = r.Level()
	cfg.HTTPAddr = r.Address("HTTP_ADDR", ":8080")
	cfg.DatabaseURL = r.URL("DATABASE_URL", cfg.Production, "postgres://user:password@host:5432/name", "postgres", "postgresql")
	cfg.JWTSecret = r.Secret("JWT_SECRET", cfg.Production, auth.MinKeyBytes)
	cfg.TrustedProxies = r.Networks("TRUSTED_PROXIES")
	cfg.ShutdownDelay = r.Duration("SHUTDOWN_DELAY", 0, time.Minute)
	return cfg, r.Err()
}
