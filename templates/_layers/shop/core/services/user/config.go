package user

import (
	"net/mail"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/env"
	"example.com/app/platform/app"
)

// Config is the service's own settings.
type Config struct {
	JWTSecret []byte // JWT_SECRET: signs access tokens; the gateway has the same
	SMTPURL   string // SMTP_URL; empty: e-mails are only logged
	MailFrom  string // MAIL_FROM

	PasswordCost int // of bcrypt; not a setting
}

const minSecretBytes = 32 // as long as the hash of HS256 (RFC 7518, 3.2)

func load(getenv func(string) string) (app.Config, Config, error) {
	r := &env.Reader{Getenv: getenv}
	common := app.Load(r)
	cfg := Config{
		JWTSecret: r.Secret("JWT_SECRET", true, minSecretBytes),
		SMTPURL:   r.URL("SMTP_URL", common.Production, "smtp://user:password@host:587", "smtp", "smtps"),
		MailFrom:  getenv("MAIL_FROM"),

		PasswordCost: bcrypt.DefaultCost,
	}
	if cfg.MailFrom == "" {
		cfg.MailFrom = "shop@localhost"
	}
	if _, err := mail.ParseAddress(cfg.MailFrom); err != nil {
		r.Wrong("MAIL_FROM", "must be an e-mail address, not %q", cfg.MailFrom)
	}
	return common, cfg, r.Err()
}
