// Package user is the user service: it knows who may log in, and writes to them. It is
// put together here, from the bottom up.
package user

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"example.com/app/internal/auth"
	"example.com/app/internal/mail"
	"example.com/app/internal/server"
	"example.com/app/platform/app"
	"example.com/app/platform/identity"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
	"example.com/app/services/user/internal/httpapi"
	"example.com/app/services/user/internal/memory"
	"example.com/app/services/user/internal/notice"
	"example.com/app/services/user/internal/postgres"
)

// Name of the service.
const Name = account.Source

// How long a log-in lasts. An access token says what its owner may do until it expires,
// whatever has changed since: therefore it is short-lived.
const (
	accessLife  = 5 * time.Minute
	sessionLife = 30 * 24 * time.Hour
)

// Program returns the service's command line.
func Program() app.Program {
	var own Config
	return app.Program{
		Name: Name,
		Load: func(getenv func(string) string) (app.Config, error) {
			common, cfg, err := load(getenv)
			own = cfg
			return common, err
		},
		Migrations: postgres.Migrations,
		Consumers:  []string{notice.Consumer},
		New: func(_ context.Context, parts *app.Parts) (app.Service, error) {
			service, _, err := New(parts, own)
			return service, err
		},
		More: []app.PartsCommand{{
			Name:  "admin",
			Usage: "admin create            make an account that may do everything: -email EMAIL [-name NAME]",
			Run: func(ctx context.Context, env app.Env, parts *app.Parts, args []string) error {
				return createAdmin(ctx, env, parts, own, args)
			},
		}},
	}
}

// Admins makes accounts with the role admin.
type Admins interface {
	CreateAdmin(ctx context.Context, email, name, password string) error
}

// New assembles the service.
func New(parts *app.Parts, cfg Config) (app.Service, Admins, error) {
	kept := open(parts)
	accounts, err := newAccounts(kept, cfg)
	if err != nil {
		return app.Service{}, nil, err
	}
	verifier, err := identity.NewVerifier(parts.Config.GatewayKey, Name, time.Now)
	if err != nil {
		return app.Service{}, nil, err
	}
	sender, err := openMail(cfg, parts.Logger)
	if err != nil {
		return app.Service{}, nil, err
	}
	handler, err := httpapi.New(httpapi.Options{
		Accounts: accounts,
		Web: web.Options{
			Identity: verifier,
			Ready:    parts.Ready,
			Logger:   parts.Logger,
			Observed: parts.Metrics.Request,
			NameSpan: parts.Telemetry.NameSpan,
		},
	})
	if err != nil {
		return app.Service{}, nil, fmt.Errorf("assemble HTTP API: %w", err)
	}
	return app.Service{Handler: handler, Tasks: []server.Task{
		parts.Relay(kept.outbox),
		parts.Consume(notice.Orders(kept.accounts, kept.inbox, sender)),
	}}, admins{accounts}, nil
}

func newAccounts(kept stores, cfg Config) (*account.Service, error) {
	tokens, err := identity.NewAccess(cfg.JWTSecret, accessLife, time.Now)
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(cfg.PasswordCost)
	if err != nil {
		return nil, err
	}
	return &account.Service{
		Store:       kept.accounts,
		Sessions:    kept.sessions,
		Tokens:      tokens,
		Passwords:   passwords,
		Policy:      account.NewPolicy(),
		SessionLife: sessionLife,
		Now:         time.Now,
	}, nil
}

// stores is where everything is kept.
type stores struct {
	accounts account.Store
	sessions auth.Sessions
	inbox    notice.Inbox
	outbox   outbox.Store
}

func open(parts *app.Parts) stores {
	if parts.Pool == nil {
		unsent := outbox.NewMemory()
		return stores{
			accounts: memory.NewAccounts(unsent), sessions: new(memory.Sessions), inbox: new(inbox.Memory), outbox: unsent,
		}
	}
	unsent := outbox.NewPostgres(parts.Pool)
	return stores{
		accounts: postgres.NewAccounts(parts.Pool, unsent),
		sessions: postgres.NewSessions(parts.Pool),
		inbox:    inbox.Postgres{DB: parts.Pool, Consumer: notice.Consumer},
		outbox:   unsent,
	}
}

func openMail(cfg Config, logger *slog.Logger) (mail.Sender, error) {
	if cfg.SMTPURL == "" {
		logger.Warn("SMTP_URL is not set: e-mails are logged instead of sent")
		return mail.Log{Logger: logger}, nil
	}
	return mail.OpenSMTP(cfg.SMTPURL, cfg.MailFrom)
}
