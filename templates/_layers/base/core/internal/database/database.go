// Package database is what every PostgreSQL adapter needs: a pool with time limits,
// migrations, lists, and what the driver's errors mean.
package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is what the stores need of a database: a pool, or a transaction that
// belongs to somebody else, who rolls it back after an error of the store. In a
// transaction, Begin sets a savepoint.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

var (
	_ DB = (*pgxpool.Pool)(nil)
	_ DB = (pgx.Tx)(nil)
)

// Open returns a pool for the database. It connects when the first query comes,
// so that the program starts, and says that it is not ready, while the database
// is away. The URL may set what Open would: connect_timeout, statement_timeout
// and its like, and pool_max_conns; the options come last.
func Open(ctx context.Context, databaseURL string, options ...func(*pgxpool.Config)) (*pgxpool.Pool, error) {
	config, err := parse(databaseURL)
	if err != nil {
		return nil, err
	}
	// No query of ours takes seconds: one that does waits for a lock, and must
	// not hold its connection until nobody else can get one.
	setDefaults(config.ConnConfig.RuntimeParams, map[string]string{
		"statement_timeout":                   "5s",
		"lock_timeout":                        "3s",
		"idle_in_transaction_session_timeout": "10s",
	})
	config.HealthCheckPeriod = 15 * time.Second
	config.AfterConnect = timesInUTC
	for _, option := range options {
		option(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database pool: %w", err)
	}
	return pool, nil
}

// Ready returns nil when the database answers within a second.
func Ready(ctx context.Context, pool *pgxpool.Pool) error {
	pingCtx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := pool.Ping(pingCtx); err != nil {
		return fmt.Errorf("ping database: %w", Cause(ctx, err))
	}
	return nil
}

func parse(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// The driver's error quotes the URL, and cannot always tell which part
		// of a malformed one is the password.
		return nil, errors.New("database URL: must be like postgres://user:password@host:5432/name")
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 3 * time.Second
	}
	setDefaults(config.ConnConfig.RuntimeParams, map[string]string{
		"application_name": filepath.Base(os.Args[0]), // its name in pg_stat_activity
		"timezone":         "UTC",
	})
	return config, nil
}

func setDefaults(params, defaults map[string]string) {
	for name, value := range defaults {
		if _, given := params[name]; !given {
			params[name] = value
		}
	}
}

// timesInUTC lets a connection return times in UTC instead of the machine's zone.
func timesInUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name:  "timestamptz",
		OID:   pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}
