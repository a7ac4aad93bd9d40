package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/events"
	"example.com/app/internal/database"
	"example.com/app/platform/telemetry"
)

// relayLock is the key of the advisory lock of whoever forwards.
const relayLock = 7_001

// Postgres keeps events in the table outbox of a service's database.
type Postgres struct {
	pool  *pgxpool.Pool
	added chan struct{}
}

var _ Store = (*Postgres)(nil)

// NewPostgres keeps events in the database of pool.
func NewPostgres(pool *pgxpool.Pool) *Postgres {
	return &Postgres{pool: pool, added: make(chan struct{}, 1)}
}

// Within calls do in a transaction, and commits with what do did the events that it
// returns. They belong to the trace of ctx.
func (p *Postgres) Within(ctx context.Context, do func(tx pgx.Tx) ([]events.Event, error)) error {
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		say, err := do(tx)
		if err != nil {
			return err
		}
		return add(ctx, tx, say)
	})
	if err != nil {
		return database.Cause(ctx, err)
	}
	wake(p.added)
	return nil
}

func add(ctx context.Context, tx pgx.Tx, say []events.Event) error {
	var inserts pgx.Batch
	for _, e := range say {
		e.TraceParent = telemetry.Inject(ctx)
		encoded, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		inserts.Queue(`INSERT INTO outbox (event) VALUES ($1)`, encoded)
	}
	return tx.SendBatch(ctx, &inserts).Close()
}

// Forward implements Store.
func (p *Postgres) Forward(ctx context.Context, limit int, publish Publish) (int, error) {
	forwarded := 0
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, relayLock); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT position, event FROM outbox ORDER BY position LIMIT $1`, limit)
		if err != nil {
			return err
		}
		var (
			positions []int64
			waiting   []events.Event
			position  int64
			encoded   []byte
		)
		_, err = pgx.ForEachRow(rows, []any{&position, &encoded}, func() error {
			var e events.Event
			if err := json.Unmarshal(encoded, &e); err != nil {
				return fmt.Errorf("decode event: %w", err)
			}
			positions = append(positions, position)
			waiting = append(waiting, e)
			return nil
		})
		if err != nil || len(waiting) == 0 {
			return err
		}
		if err := publish(ctx, waiting...); err != nil {
			return err
		}
		forwarded = len(waiting)
		_, err = tx.Exec(ctx, `DELETE FROM outbox WHERE position = ANY($1)`, positions)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forward events: %w", database.Cause(ctx, err))
	}
	return forwarded, nil
}

// Added implements Store.
func (p *Postgres) Added() <-chan struct{} { return p.added }

// Waiting implements Store.
func (p *Postgres) Waiting(ctx context.Context) (n int, oldest time.Time, err error) {
	var since *time.Time
	if err := p.pool.QueryRow(ctx, `SELECT count(*), min(added_at) FROM outbox`).Scan(&n, &since); err != nil {
		return 0, time.Time{}, fmt.Errorf("count outbox: %w", database.Cause(ctx, err))
	}
	if since != nil {
		oldest = *since
	}
	return n, oldest, nil
}

// wake makes added readable. Whoever reads it looks at everything, so that one is enough.
func wake(added chan struct{}) {
	select {
	case added <- struct{}{}:
	default:
	}
}
