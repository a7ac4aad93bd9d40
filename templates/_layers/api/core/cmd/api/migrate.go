package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/app/internal/database"
	"example.com/app/internal/outage"
	"example.com/app/internal/postgres"
)

// migrate changes the schema, one step back or all the way forward.
func (p *program) migrate(ctx context.Context, args []string) (err error) {
	if len(args) != 1 {
		return fmt.Errorf("%w: migrate needs one of up, down, status", errUsage)
	}
	steps := map[string]func(*program, context.Context, *database.Migrator) error{
		"up":     (*program).migrateUp,
		"down":   (*program).migrateDown,
		"status": (*program).migrationStatus,
	}
	step, known := steps[args[0]]
	if !known {
		return fmt.Errorf("%w: migrate knows up, down and status, not %q", errUsage, args[0])
	}
	if p.cfg.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set: the memory store has no schema")
	}
	migrator, err := postgres.NewMigrator(p.cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, migrator.Close()) }()
	return step(p, ctx, migrator)
}

func (p *program) migrateUp(ctx context.Context, m *database.Migrator) error {
	applied, err := m.Up(ctx)
	for _, name := range applied {
		fmt.Fprintln(p.stdout, "applied", name)
	}
	if err == nil && len(applied) == 0 {
		fmt.Fprintln(p.stdout, "nothing to apply")
	}
	return err
}

func (p *program) migrateDown(ctx context.Context, m *database.Migrator) error {
	undone, err := m.Down(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "undone", undone)
	return nil
}

func (p *program) migrationStatus(ctx context.Context, m *database.Migrator) error {
	all, err := m.Status(ctx)
	if err != nil {
		return err
	}
	for _, migration := range all {
		state := "pending"
		if !migration.AppliedAt.IsZero() {
			state = migration.AppliedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(p.stdout, "%-20s  %s\n", state, migration.Name)
	}
	return nil
}

// checkSchema refuses a database with an older schema than the program's: every
// request would fail. A database that is away says nothing of its schema.
func (p *program) checkSchema(ctx context.Context) (err error) {
	migrator, err := postgres.NewMigrator(p.cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, migrator.Close()) }()
	all, err := migrator.Status(ctx)
	if errors.Is(err, outage.ErrUnavailable) {
		p.logger.Warn("database is away", slog.Any("error", err))
		return nil
	}
	if err != nil {
		return err
	}
	for _, migration := range all {
		if migration.AppliedAt.IsZero() {
			return fmt.Errorf("the database lacks migration %s: run api migrate up", migration.Name)
		}
	}
	return nil
}
