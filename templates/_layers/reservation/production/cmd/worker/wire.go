package main

import (
	"context"
	"log/slog"
	"slices"

	"golang.org/x/sync/errgroup"

	"example.com/app/cmd/internal/parts"
	"example.com/app/internal/config"
	"example.com/app/internal/database"
	"example.com/app/internal/metrics"
	"example.com/app/internal/notice"
	"example.com/app/internal/postgres"
	"example.com/app/internal/server"
)

// The kinds of work.
const (
	relay = "relay"
	mail  = "mail"
)

// worker is the assembled program.
type worker struct {
	tasks   map[string]server.Task
	metrics *metrics.Metrics
	closers []func()
}

func (w *worker) close() {
	for _, c := range slices.Backward(w.closers) {
		c()
	}
}

// assemble builds everything that works, from the bottom up.
func assemble(ctx context.Context, cfg config.All, logger *slog.Logger) (_ *worker, err error) {
	w := &worker{metrics: metrics.New(parts.Version(cfg))}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	pool, err := database.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	w.closers = append(w.closers, pool.Close)
	queue, err := parts.Queue(cfg, logger)
	if err != nil {
		return nil, err
	}
	w.closers = append(w.closers, func() {
		if err := queue.Close(); err != nil {
			logger.Warn("close failed", slog.String("what", "queue"), slog.Any("error", err))
		}
	})
	sender, err := parts.Mail(cfg, logger)
	if err != nil {
		return nil, err
	}
	w.metrics.Pool(parts.PoolStat(pool))
	w.metrics.Queue(parts.Groups(), queue.Stats)

	writer := &notice.Writer{
		Users: postgres.NewUsers(pool),
		Rooms: postgres.NewReservations(pool),
		Inbox: postgres.NewInbox(pool),
		Mail:  sender,
	}
	write := parts.WriteMail(queue, parts.Watcher(w.metrics, logger), writer)
	move := parts.Relay(pool, queue, w.metrics, logger)
	forget := parts.Forget(pool, logger)
	w.tasks = map[string]server.Task{
		mail: write,
		relay: func(ctx context.Context) error {
			both, ctx := errgroup.WithContext(ctx)
			both.Go(func() error { return move(ctx) })
			both.Go(func() error { return forget(ctx) })
			return both.Wait()
		},
	}
	return w, nil
}
