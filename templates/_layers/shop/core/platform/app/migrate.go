package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/app/internal/database"
	"example.com/app/internal/outage"
)

// migrate changes the schema, one step back or all the way forward.
func (p Program) migrate(ctx context.Context, env Env, parts *Parts, args []string) (err error) {
	if len(args) != 1 {
		return fmt.Errorf("%w: migrate needs one of up, down, status", ErrUsage)
	}
	steps := map[string]func(context.Context, Env, *database.Migrator) error{
		"up": migrateUp, "down": migrateDown, "status": migrationStatus,
	}
	step, known := steps[args[0]]
	if !known {
		return fmt.Errorf("%w: migrate knows up, down and status, not %q", ErrUsage, args[0])
	}
	if parts.Config.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set: the memory store has no schema")
	}
	migrator, err := p.migrator(parts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, migrator.Close()) }()
	return step(ctx, env, migrator)
}

func (p Program) migrator(parts *Parts) (*database.Migrator, error) {
	files, err := p.Migrations()
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return database.NewMigrator(parts.Config.DatabaseURL, files)
}

func migrateUp(ctx context.Context, env Env, m *database.Migrator) error {
	applied, err := m.Up(ctx)
	for _, name := range applied {
		fmt.Fprintln(env.Out, "applied", name)
	}
	if err == nil && len(applied) == 0 {
		fmt.Fprintln(env.Out, "nothing to apply")
	}
	return err
}

func migrateDown(ctx context.Context, env Env, m *database.Migrator) error {
	undone, err := m.Down(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.Out, "undone", undone)
	return nil
}

func migrationStatus(ctx context.Context, env Env, m *database.Migrator) error {
	all, err := m.Status(ctx)
	if err != nil {
		return err
	}
	for _, migration := range all {
		state := "pending"
		if !migration.AppliedAt.IsZero() {
			state = migration.AppliedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(env.Out, "%-20s  %s\n", state, migration.Name)
	}
	return nil
}

// checkSchema refuses a database with an older schema than the program's: every request
// would fail. A database that is away says nothing of its schema.
func (p Program) checkSchema(ctx context.Context, parts *Parts) (err error) {
	migrator, err := p.migrator(parts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, migrator.Close()) }()
	all, err := migrator.Status(ctx)
	if errors.Is(err, outage.ErrUnavailable) {
		parts.Logger.Warn("database is away", slog.Any("error", err))
		return nil
	}
	if err != nil {
		return err
	}
	for _, migration := range all {
		if migration.AppliedAt.IsZero() {
			return fmt.Errorf("the database lacks migration %s: run %s migrate up", migration.Name, p.Name)
		}
	}
	return nil
}
