package order

import (
	"net/url"
	"time"

	"example.com/app/internal/env"
	"example.com/app/platform/app"
)

// Config is the service's own settings.
type Config struct {
	PaymentURL    *url.URL      // PAYMENT_URL: the payment provider's API
	PaymentKey    []byte        // PAYMENT_KEY: says to the provider who we are
	PaymentSecret []byte        // PAYMENT_SECRET: signs the provider's notifications
	NotifyURL     string        // PAYMENT_NOTIFY_URL: where they come to
	Patience      time.Duration // CHECKOUT_PATIENCE: how long an answer is awaited before it is asked for again
}

// DefaultPatience is long enough for a service that starts anew.
const DefaultPatience = 5 * time.Second

const (
	minSecretBytes = 32
	minPatience    = 100 * time.Millisecond
	maxPatience    = time.Hour
)

func load(getenv func(string) string) (app.Config, Config, error) {
	r := &env.Reader{Getenv: getenv}
	common := app.Load(r)
	cfg := Config{
		PaymentKey:    r.Secret("PAYMENT_KEY", true, minSecretBytes),
		PaymentSecret: r.Secret("PAYMENT_SECRET", true, minSecretBytes),
		NotifyURL:     r.URL("PAYMENT_NOTIFY_URL", true, "https://shop.example.com/webhooks/payments", "http", "https"),
		Patience:      r.Duration("CHECKOUT_PATIENCE", DefaultPatience, maxPatience),
	}
	if cfg.Patience < minPatience {
		r.Wrong("CHECKOUT_PATIENCE", "must be at least %s", minPatience)
	}
	// Whatever is wrong with it is noted.
	cfg.PaymentURL, _ = url.Parse(r.URL("PAYMENT_URL", true, "https://api.provider.example", "http", "https"))
	return common, cfg, r.Err()
}
