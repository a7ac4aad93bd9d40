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

	"example.com/app/cmd/internal/parts"
	"example.com/app/internal/auth"
	"example.com/app/internal/cache"
	"example.com/app/internal/database"
	"example.com/app/internal/edge"
	"example.com/app/internal/httpapi"
	"example.com/app/internal/job"
	"example.com/app/internal/limit"
	"example.com/app/internal/memory"
	"example.com/app/internal/metrics"
	"example.com/app/internal/notice"
	"example.com/app/internal/postgres"
	"example.com/app/internal/redis"
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
	metrics *metrics.Metrics
	closers []func()
}

func (a *app) close() {
	for _, c := range slices.Backward(a.closers) {
		c()
	}
}

// stores is where everything is kept.
type stores struct {
	users        user.Store
	sessions     auth.Sessions
	reservations reservation.Store
	keys         reservation.Keys
	inbox        job.Inbox
	background   func() []server.Task // what the jobs need, where this process does them
	ready        func(context.Context) error
}

// assemble builds everything that serves a request, from the bottom up.
func (p *program) assemble(ctx context.Context) (_ *app, err error) {
	a := &app{
		server:  &server.Server{Addr: p.cfg.HTTPAddr, Logger: p.logger, Goodbye: p.cfg.ShutdownDelay},
		metrics: metrics.New(parts.Version(p.cfg)),
	}
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
	passwords, err := auth.NewPasswords(bcrypt.DefaultCost)
	if err != nil {
		return nil, err
	}
	queue, err := parts.Queue(p.cfg, p.logger)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() { p.closed("queue", queue.Close()) })
	kept, err := p.openStores(ctx, a, queue)
	if err != nil {
		return nil, err
	}
	if err := p.doJobs(a, kept, queue); err != nil {
		return nil, err
	}
	limits, err := p.putRedisInFront(a, &kept)
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
		Keys:           kept.keys,
		Ready:          a.unlessStopping(kept.ready),
		Logger:         p.logger,
		TrustedProxies: p.cfg.TrustedProxies,
		Limits: httpapi.Limits{
			Store:    limits,
			IP:       p.cfg.IPLimit,
			Account:  p.cfg.AccountLimit,
			LogIn:    p.cfg.LogInLimit,
			Mail:     p.cfg.MailLimit,
			Observed: a.metrics.Limit,
		},
		Observed: a.metrics.Request,
	})
	if err != nil {
		return nil, fmt.Errorf("assemble HTTP API: %w", err)
	}
	a.server.Handler = edge.New(a.metrics.InFlight(handler), edge.Options{
		Production: p.cfg.Production,
		Origins:    p.cfg.CORSOrigins,
	})
	if p.cfg.AdminAddr != "" {
		a.server.Tasks = append(a.server.Tasks, func(ctx context.Context) error {
			return server.Admin(ctx, p.cfg.AdminAddr, a.metrics.AdminHandler(), p.logger)
		})
	}
	return a, nil
}

// openStores opens the database where there is one, and else stores that live as
// long as the process.
func (p *program) openStores(ctx context.Context, a *app, queue job.Queue) (stores, error) {
	if p.cfg.DatabaseURL == "" {
		p.logger.Warn("DATABASE_URL is not set: everything is kept in memory, with sample rooms, and is gone when this process ends")
		return memoryStores(ctx, queue)
	}
	if err := p.checkSchema(ctx); err != nil {
		return stores{}, err
	}
	pool, err := database.Open(ctx, p.cfg.DatabaseURL)
	if err != nil {
		return stores{}, err
	}
	a.closers = append(a.closers, pool.Close)
	a.metrics.Pool(parts.PoolStat(pool))
	return stores{
		users:        postgres.NewUsers(pool),
		sessions:     postgres.NewSessions(pool),
		reservations: postgres.NewAnnouncing(pool),
		keys:         postgres.NewKeys(pool),
		inbox:        postgres.NewInbox(pool),
		background: func() []server.Task {
			return []server.Task{
				parts.Relay(pool, queue, a.metrics, p.logger),
				parts.Forget(pool, p.logger),
			}
		},
		ready: p.databaseAnswers(pool),
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

func memoryStores(ctx context.Context, queue job.Queue) (stores, error) {
	reservations := memory.Announcing{Reservations: new(memory.Reservations), Queue: queue}
	if _, err := createSamples(ctx, reservations); err != nil {
		return stores{}, err
	}
	return stores{
		users:        new(memory.Users),
		sessions:     new(memory.Sessions),
		reservations: reservations,
		keys:         &memory.Keys{Store: reservations},
		inbox:        new(memory.Inbox),
		background:   func() []server.Task { return nil },
		ready:        func(context.Context) error { return nil },
	}, nil
}

// doJobs has this process do the jobs, where there is no worker that could.
func (p *program) doJobs(a *app, kept stores, queue job.Queue) error {
	if !parts.InProcess(p.cfg) {
		return nil
	}
	p.logger.Warn("there is no job queue: this process does the jobs itself, and forgets those that are not done when it ends")
	sender, err := parts.Mail(p.cfg, p.logger)
	if err != nil {
		return err
	}
	writer := &notice.Writer{Users: kept.users, Rooms: kept.reservations, Inbox: kept.inbox, Mail: sender}
	a.metrics.Queue(parts.Groups(), queue.Stats)
	a.server.Tasks = append(kept.background(), parts.WriteMail(queue, parts.Watcher(a.metrics, p.logger), writer))
	return nil
}

// putRedisInFront puts a cache in front of the store, and returns limits that all
// processes share. Without Redis there is no cache, and the limits are this
// process's own.
func (p *program) putRedisInFront(a *app, kept *stores) (limit.Store, error) {
	own := &memory.Limits{Now: time.Now}
	if p.cfg.RedisURL == "" {
		p.logger.Warn("REDIS_URL is not set: there is no cache, and each process has limits of its own")
		return own, nil
	}
	client, err := redis.Open(p.cfg.RedisURL, p.logger)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() { p.closed("redis", client.Close()) })
	a.metrics.Breaker(client.Open)
	// Memory needs no cache, and would find an older process's entries in it.
	if p.cfg.DatabaseURL != "" && p.cfg.CacheTTL > 0 {
		kept.reservations = cache.NewRooms(kept.reservations, client.Shared, p.cfg.CacheTTL, p.logger, a.metrics.Cache("rooms"))
	}
	return &limit.Fallback{Store: redis.NewLimits(client.Shared), Local: own, Observed: a.metrics.LimitFallback, Logger: p.logger}, nil
}

// unlessStopping makes /readyz fail before the program stops, so that load
// balancers turn to others while it still answers.
func (a *app) unlessStopping(ready func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if a.server.Stopping() {
			return errors.New("the program is about to stop")
		}
		return ready(ctx)
	}
}

func (p *program) closed(what string, err error) {
	if err != nil {
		p.logger.Warn("close failed", slog.String("what", what), slog.Any("error", err))
	}
}
