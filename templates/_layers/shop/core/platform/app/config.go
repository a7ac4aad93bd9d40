// Package app is what the programs of the services have in common: settings, commands,
// and the parts that each is assembled from.
package app

import (
	"crypto/ed25519"
	"encoding/base64"
	"log/slog"
	"time"

	"example.com/app/internal/env"
)

// Base is the settings of every program that serves.
type Base struct {
	Production    bool          // APP_ENV
	Version       string        // APP_VERSION; empty: as far as the build knows it
	LogLevel      slog.Level    // LOG_LEVEL
	SentryDSN     string        // SENTRY_DSN; empty: errors are only logged
	OTLP          string        // OTEL_EXPORTER_OTLP_ENDPOINT; empty: traces stay in the process
	HTTPAddr      string        // HTTP_ADDR
	AdminAddr     string        // ADMIN_ADDR; empty: no metrics
	ShutdownDelay time.Duration // SHUTDOWN_DELAY: how long a program that stops says so before it does
}

// LoadBase reads the settings of every program.
func LoadBase(r *env.Reader) Base {
	return Base{
		Production:    r.Production(),
		Version:       r.Getenv("APP_VERSION"),
		LogLevel:      r.Level(),
		SentryDSN:     r.URL("SENTRY_DSN", false, "https://key@example.ingest.sentry.io/1", "https", "http"),
		OTLP:          r.URL("OTEL_EXPORTER_OTLP_ENDPOINT", false, "http://jaeger:4318", "http", "https"),
		HTTPAddr:      r.Address("HTTP_ADDR", ":8080"),
		AdminAddr:     r.Address("ADMIN_ADDR", ""),
		ShutdownDelay: r.Duration("SHUTDOWN_DELAY", 0, time.Minute),
	}
}

// Config is the settings of every service.
type Config struct {
	Base
	DatabaseURL string            // DATABASE_URL; empty: the memory stores
	NATSURL     string            // NATS_URL
	Replicas    int               // NATS_REPLICAS: servers that keep each event
	GatewayKey  ed25519.PublicKey // IDENTITY_PUBLIC_KEY: that of the gateway, which says who is asking
}

// Load reads the settings. Production demands every part that a service relies on.
func Load(r *env.Reader) Config {
	base := LoadBase(r)
	cfg := Config{
		Base:        base,
		DatabaseURL: r.URL("DATABASE_URL", base.Production, "postgres://user:password@host:5432/name", "postgres", "postgresql"),
		NATSURL:     r.URL("NATS_URL", base.Production, "nats://host:4222", "nats", "tls"),
		Replicas:    1,
	}
	if cfg.NATSURL == "" {
		cfg.NATSURL = "nats://127.0.0.1:4222"
	}
	switch replicas := r.Getenv("NATS_REPLICAS"); replicas {
	case "", "1":
	case "3":
		cfg.Replicas = 3 // one may be away
	case "5":
		cfg.Replicas = 5 // two may
	default:
		r.Wrong("NATS_REPLICAS", "must be 1, 3 or 5, not %q", replicas)
	}
	key, err := base64.StdEncoding.DecodeString(r.Getenv("IDENTITY_PUBLIC_KEY"))
	if err != nil || len(key) != ed25519.PublicKeySize {
		r.Wrong("IDENTITY_PUBLIC_KEY", "must be the gateway's public key: see gateway keys")
	}
	cfg.GatewayKey = key
	return cfg
}
