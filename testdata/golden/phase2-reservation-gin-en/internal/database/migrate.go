package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNoMigration means that there is no migration left to undo.
var ErrNoMigration = errors.New("database: no migration is applied")

// Migration is one step of the schema.
type Migration struct {
	Name      string    // of its file, such as 00001_accounts.sql
	AppliedAt time.Time // zero while it is pending
}

// Migrator brings the schema of a database up and down. Migrators of several
// processes wait for each other. A migration with a lower number than those that are
// applied is applied, too: it may come from another branch.
type Migrator struct {
	db       *sql.DB
	provider *goose.Provider
}

// NewMigrator returns a migrator with the SQL files given, which connects when it is
// used first. It must be closed.
func NewMigrator(databaseURL string, files fs.FS) (*Migrator, error) {
	config, err := parse(databaseURL)
	if err != nil {
		return nil, err
	}
	// A change of a table must wait for whoever uses it, and lets everybody who
	// comes later wait behind it. It gives up before that is noticed.
	setDefaults(config.ConnConfig.RuntimeParams, map[string]string{"lock_timeout": "3s"})

	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read migrations: %w", err), db.Close())
	}
	return &Migrator{db: db, provider: provider}, nil
}

// Close closes the connections.
func (m *Migrator) Close() error { return m.db.Close() }

// Up applies what is pending and returns the names of what it applied. After an
// error, these may be less than all: each migration is a transaction.
func (m *Migrator) Up(ctx context.Context) ([]string, error) {
	results, err := m.provider.Up(ctx)
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		results = partial.Applied
	}
	applied := make([]string, len(results))
	for i, result := range results {
		applied[i] = path.Base(result.Source.Path)
	}
	if err != nil {
		return applied, fmt.Errorf("migrate up: %w", Cause(ctx, err))
	}
	return applied, nil
}

// Down undoes the migration that was applied last and returns its name, or
// ErrNoMigration.
func (m *Migrator) Down(ctx context.Context) (string, error) {
	result, err := m.provider.Down(ctx)
	if errors.Is(err, goose.ErrNoNextVersion) {
		return "", fmt.Errorf("migrate down: %w", ErrNoMigration)
	}
	if err != nil {
		return "", fmt.Errorf("migrate down: %w", Cause(ctx, err))
	}
	return path.Base(result.Source.Path), nil
}

// Status returns all migrations in their order.
func (m *Migrator) Status(ctx context.Context) ([]Migration, error) {
	statuses, err := m.provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migration status: %w", Cause(ctx, err))
	}
	all := make([]Migration, len(statuses))
	for i, status := range statuses {
		all[i] = Migration{Name: path.Base(status.Source.Path), AppliedAt: status.AppliedAt.UTC()}
	}
	return all, nil
}
