package checkout

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// KeepDeadlines looks for overdue orders until ctx is done, and has the saga decide about
// them. It is also what goes on with a checkout after a crash, whatever was lost. Each
// process may run one: an order that one of them has dealt with is not overdue for the next.
func (s *Service) KeepDeadlines(ctx context.Context, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.expireAll(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Warn("deadlines are not kept", slog.Any("error", err))
		}
	}
}

// expireAll deals with every order that is overdue. One that cannot be changed does not
// stop the others: it is passed over, and looked at again the next time.
func (s *Service) expireAll(ctx context.Context) error {
	const batch = 100
	failed := make(map[uuid.UUID]error)
	for {
		limit := batch + len(failed)
		overdue, err := s.Store.Overdue(ctx, s.now(), limit)
		if err != nil {
			return err
		}
		for _, id := range overdue {
			if failed[id] != nil {
				continue
			}
			if err := s.expire(ctx, id); err != nil {
				failed[id] = err
			}
		}
		if len(overdue) < limit {
			return errors.Join(slices.Collect(maps.Values(failed))...)
		}
	}
}

// expire goes on in the trace of the request that placed the order: the message that it
// may send again belongs there.
func (s *Service) expire(ctx context.Context, id uuid.UUID) error {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	ctx, end := s.Trace.Continue(ctx, o.TraceParent, "checkout deadline")
	defer end()
	s.Logger.WarnContext(ctx, "checkout is overdue", slog.String("order_id", id.String()), slog.String("step", string(o.Step)), slog.Int("tries", o.Tries))
	return s.change(ctx, id, "", func(o *Order) []Message { return s.Saga.Expire(o, s.now()) })
}
