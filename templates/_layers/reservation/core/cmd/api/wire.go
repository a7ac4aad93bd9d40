package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/httpapi"
	"example.com/app/internal/memory"
	"example.com/app/internal/postgres"
	"example.com/app/internal/reservation"
	"example.com/app/internal/server"
	"example.com/app/internal/user"
)

// How long a log-in lasts. The access token is short-lived, as one that was
// stolen cannot be told from the true one; the session is what keeps people
// logged in.
const (
	accessLife  = 15 * time.Minute
	sessionLife = 30 * 24 * time.Hour
)

// app is the assembled program.
type app struct {
	server  *server.Server
	users   *user.Service
	rooms   reservation.Store
	closers []func()
}

// close closes what assemble opened, in reverse order.
func (a *app) close() {
	for _, c := range slices.Backward(a.closers) {
		c()
	}
}

// stores is where everything is kept.
type stores struct {
	pool         *pgxpool.Pool // nil: everything is kept in memory
	users        user.Store
	sessions     auth.Sessions
	reservations reservation.Store
}

// passwordCost is bcrypt's. Tests lower it: the race detector makes a hash 17 times slower.
var passwordCost = bcrypt.DefaultCost

// assemble builds everything that serves a request, from the bottom up.
func (p *program) assemble(ctx context.Context) (_ *app, err error) {
	a := &app{server: &server.Server{Addr: p.cfg.HTTPAddr, Logger: p.logger, Goodbye: p.cfg.ShutdownDelay}}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	key := p.cfg.JWTSecret
	if key == nil {
		key = []byte(rand.Text() + rand.Text()) // good until this process ends
	}
	signer, err := auth.NewSigner(key, accessLife, time.Now)
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(passwordCost)
	if err != nil {
		return nil, err
	}
	kept, err := p.openStores(ctx, a)
	if err != nil {
		return nil, err
	}

	policy := auth.NewPolicy()
	a.rooms = kept.reservations
	a.users = &user.Service{
		Store:       kept.users,
		Sessions:    kept.sessions,
		Signer:      signer,
		Passwords:   passwords,
		Policy:      policy,
		SessionLife: sessionLife,
		Now:         time.Now,
	}
	handler, err := httpapi.New(httpapi.Options{
		Users: a.users,
		Reservations: &reservation.Service{
			Store:  kept.reservations,
			Policy: policy,
			Now:    time.Now,
		},
		Ready:          p.ready(a.server, kept.pool),
		Logger:         p.logger,
		TrustedProxies: p.cfg.TrustedProxies,
	})
	if err != nil {
		return nil, fmt.Errorf("assemble HTTP API: %w", err)
	}
	a.server.Handler = handler
	return a, nil
}

// openStores opens the database where there is one, and else stores that live as
// long as the process.
func (p *program) openStores(ctx context.Context, a *app) (stores, error) {
	if p.cfg.DatabaseURL == "" {
		p.logger.Warn("DATABASE_URL is not set: everything is kept in memory, with sample rooms, and is gone when this process ends")
		return memoryStores(ctx)
	}
	if err := p.checkSchema(ctx); err != nil {
		return stores{}, err
	}
	pool, err := database.Open(ctx, p.cfg.DatabaseURL)
	if err != nil {
		return stores{}, err
	}
	a.closers = append(a.closers, pool.Close)
	return stores{
		pool:         pool,
		users:        postgres.NewUsers(pool),
		sessions:     postgres.NewSessions(pool),
		reservations: postgres.NewReservations(pool),
	}, nil
}

func memoryStores(ctx context.Context) (stores, error) {
	reservations := &memory.Reservations{}
	if _, err := createSamples(ctx, reservations); err != nil {
		return stores{}, err
	}
	return stores{
		users:        &memory.Users{},
		sessions:     &memory.Sessions{},
		reservations: reservations,
	}, nil
}

// ready returns what /readyz asks. It fails before the program stops, so that load
// balancers turn to others while it still answers. The reason for a database failure
// names hosts and users, so only the log gets it.
func (p *program) ready(s *server.Server, pool *pgxpool.Pool) func(context.Context) error {
	return func(ctx context.Context) error {
		if s.Stopping() {
			return errors.New("the program is about to stop")
		}
		if pool == nil {
			return nil
		}
		if err := database.Ready(ctx, pool); err != nil {
			p.logger.Warn("database unavailable", slog.Any("error", err))
			return errors.New("the database does not answer")
		}
		return nil
	}
}
