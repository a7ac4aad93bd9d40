package gateway

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"strings"

	"example.com/app/internal/env"
	"example.com/app/internal/limit"
	"example.com/app/platform/app"
	"example.com/app/platform/identity"
)

// Config is the gateway's settings.
type Config struct {
	app.Base
	JWTSecret      []byte         // JWT_SECRET: checks access tokens; the user service has the same
	Key            []byte         // IDENTITY_KEY: signs who is asking, for the services
	User           []*url.URL     // USER_URL: of each replica, separated by commas
	Product        []*url.URL     // PRODUCT_URL
	Order          []*url.URL     // ORDER_URL
	TrustedProxies []netip.Prefix // TRUSTED_PROXIES, separated by commas
	CORSOrigins    []string       // CORS_ORIGINS, separated by commas
	IPLimit        limit.Policy   // RATE_LIMIT_IP
	AccountLimit   limit.Policy   // RATE_LIMIT_ACCOUNT
	LogInLimit     limit.Policy   // RATE_LIMIT_LOGIN
}

func load(getenv func(string) string) (Config, error) {
	r := &env.Reader{Getenv: getenv}
	cfg := Config{
		Base:           app.LoadBase(r),
		JWTSecret:      r.Secret("JWT_SECRET", true, identity.MinSecretBytes),
		User:           services(r, "USER_URL"),
		Product:        services(r, "PRODUCT_URL"),
		Order:          services(r, "ORDER_URL"),
		TrustedProxies: r.Networks("TRUSTED_PROXIES"),
		CORSOrigins:    r.Origins("CORS_ORIGINS"),
		IPLimit:        r.Limit("RATE_LIMIT_IP", "ip", "1200/m"),
		AccountLimit:   r.Limit("RATE_LIMIT_ACCOUNT", "account", "600/m"),
		LogInLimit:     r.Limit("RATE_LIMIT_LOGIN", "login", "20/m"),
	}
	key, err := base64.StdEncoding.DecodeString(getenv("IDENTITY_KEY"))
	if err != nil || len(key) != identity.SeedSize {
		r.Wrong("IDENTITY_KEY", "must be a key: see gateway keys")
	}
	cfg.Key = key
	return cfg, r.Err()
}

func services(r *env.Reader, name string) []*url.URL {
	var all []*url.URL
	for value := range strings.SplitSeq(r.Getenv(name), ",") {
		u, err := url.Parse(strings.TrimSpace(value))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			r.Wrong(name, "must hold URLs such as http://host:8080, not %q", value)
			continue
		}
		all = append(all, u)
	}
	return all
}
