package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/httpapi"
	"example.com/app/internal/memory"
	"example.com/app/internal/postgres"
	"example.com/app/internal/reservation"
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
	handler http.Handler
	users   *user.Service
	rooms   reservation.Store
	close   func()
}

// stores is where everything is kept.
type stores struct {
	users        user.Store
	sessions     auth.Sessions
	reservations reservation.Store
	ready        func(context.Context) error
	close        func()
}

// assemble builds everything that serves a request, from the bottom up.
func (p *program) assemble(ctx context.Context) (*app, error) {
	key := p.cfg.JWTSecret
	if key == nil {
		key = []byte(rand.Text() + rand.Text()) // good until this process ends
	}
	signer, err := auth.NewSigner(key, accessLife, time.Now)
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(bcrypt.DefaultCost)
	if err != nil {
		return nil, err
	}
	kept, err := p.openStores(ctx)
	if err != nil {
		return nil, err
	}

	policy := auth.NewPolicy()
	users := &user.Service{
		Store:       kept.users,
		Sessions:    kept.sessions,
		Signer:      signer,
		Passwords:   passwords,
		Policy:      policy,
		SessionLife: sessionLife,
		Now:         time.Now,
	}
	handler, err := httpapi.New(httpapi.Options{
		Users: users,
		Reservations: &reservation.Service{
			Store:  kept.reservations,
			Policy: policy,
			Now:    time.Now,
		},
		Ready:          kept.ready,
		Logger:         p.logger,
		TrustedProxies: p.cfg.TrustedProxies,
	})
	if err != nil {
		kept.close()
		return nil, fmt.Errorf("assemble HTTP API: %w", err)
	}
	return &app{handler: handler, users: users, rooms: kept.reservations, close: kept.close}, nil
}

// openStores opens the database where there is one, and else stores that live as
// long as the process.
func (p *program) openStores(ctx context.Context) (stores, error) {
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
	return stores{
		users:        postgres.NewUsers(pool),
		sessions:     postgres.NewSessions(pool),
		reservations: postgres.NewReservations(pool),
		ready:        p.databaseAnswers(pool),
		close:        pool.Close,
	}, nil
}

// databaseAnswers tells the log why the database does not answer, and everybody
// else only that it does not: the reason names hosts and users.
func (p *program) databaseAnswers(pool *pgxpool.Pool) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := database.Ready(ctx, pool); err != nil {
			p.logger.Warn("database is away", slog.Any("error", err))
			return errors.New("the database does not answer")
		}
		return nil
	}
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
		ready:        func(context.Context) error { return nil },
		close:        func() {},
	}, nil
}
