package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"example.com/app/cmd/internal/parts"
	"example.com/app/internal/cache"
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
)

// production is what the API needs beside its stores, to be ready for production.
type production struct {
	metrics *metrics.Metrics
	queue   job.Queue
	keys    reservation.Keys
	inbox   job.Inbox
	limits  httpapi.Limits
}

// addProduction puts the outbox and the cache in front of the store of reservations, and
// builds the parts beside it.
func (p *program) addProduction(a *app, kept *stores) (*production, error) {
	queue, err := parts.Queue(p.cfg, p.logger)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() { p.closed("queue", queue.Close()) })
	added := &production{metrics: metrics.New(parts.Version(p.cfg)), queue: queue}
	added.announce(kept)
	if err := p.doJobs(a, kept, added); err != nil {
		return nil, err
	}
	store, err := p.putRedisInFront(a, kept, added.metrics)
	if err != nil {
		return nil, err
	}
	added.limits = httpapi.Limits{
		Store:    store,
		IP:       p.cfg.IPLimit,
		Account:  p.cfg.AccountLimit,
		LogIn:    p.cfg.LogInLimit,
		Mail:     p.cfg.MailLimit,
		Observed: added.metrics.Limit,
	}
	if p.cfg.AdminAddr != "" {
		a.server.Tasks = append(a.server.Tasks, func(ctx context.Context) error {
			return server.Admin(ctx, p.cfg.AdminAddr, added.metrics.AdminHandler(), p.logger)
		})
	}
	return added, nil
}

// announce has each change of a reservation publish a job: through the outbox of the
// database where there is one, and else to the queue.
func (added *production) announce(kept *stores) {
	if kept.pool == nil {
		kept.reservations = memory.Announcing{Store: kept.reservations, Queue: added.queue}
		added.keys = &memory.Keys{Store: kept.reservations}
		added.inbox = new(memory.Inbox)
		return
	}
	added.metrics.Pool(parts.PoolStat(kept.pool))
	kept.reservations = postgres.NewAnnouncing(kept.pool)
	added.keys = postgres.NewKeys(kept.pool)
	added.inbox = postgres.NewInbox(kept.pool)
}

// doJobs has this process do the jobs, where there is no worker that could.
func (p *program) doJobs(a *app, kept *stores, added *production) error {
	if !parts.InProcess(p.cfg) {
		return nil
	}
	p.logger.Warn("there is no job queue: this process does the jobs itself, and forgets those that are not done when it ends")
	sender, err := parts.Mail(p.cfg, p.logger)
	if err != nil {
		return err
	}
	if kept.pool != nil {
		a.server.Tasks = append(a.server.Tasks,
			parts.Relay(kept.pool, added.queue, added.metrics, p.logger),
			parts.Forget(kept.pool, p.logger))
	}
	writer := &notice.Writer{Users: kept.users, Rooms: kept.reservations, Inbox: added.inbox, Mail: sender}
	added.metrics.Queue(parts.Groups(), added.queue.Stats)
	a.server.Tasks = append(a.server.Tasks, parts.WriteMail(added.queue, parts.Watcher(added.metrics, p.logger), writer))
	return nil
}

// putRedisInFront puts a cache in front of the store, and returns limits that all
// processes share. Without Redis there is no cache, and the limits are this
// process's own.
func (p *program) putRedisInFront(a *app, kept *stores, m *metrics.Metrics) (limit.Store, error) {
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
	m.Breaker(client.Open)
	// Memory needs no cache, and would find an older process's entries in it.
	if kept.pool != nil && p.cfg.CacheTTL > 0 {
		kept.reservations = cache.NewRooms(kept.reservations, client.Shared, p.cfg.CacheTTL, p.logger, m.Cache("rooms"))
	}
	return &limit.Fallback{Store: redis.NewLimits(client.Shared), Local: own, Observed: m.LimitFallback, Logger: p.logger}, nil
}

// middleware puts what every request passes in front of the handler.
func (p *program) middleware(handler http.Handler, m *metrics.Metrics) http.Handler {
	return edge.New(m.InFlight(handler), edge.Options{
		Production: p.cfg.Production,
		Origins:    p.cfg.CORSOrigins,
	})
}

func (p *program) closed(what string, err error) {
	if err != nil {
		p.logger.Warn("close failed", slog.String("what", what), slog.Any("error", err))
	}
}
