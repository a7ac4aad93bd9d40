package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/acme/reservation-api/internal/postgres"
	"github.com/acme/reservation-api/internal/postgres/postgrestest"
)

func TestMigratorDownAndUp(t *testing.T) {
	databaseURL := postgrestest.URL(t)
	migrator := newMigrator(t, databaseURL)
	before := schema(t, databaseURL)

	all := status(t, migrator)
	var names, undone []string
	for _, m := range all {
		names = append(names, m.Name)
		if m.AppliedAt.IsZero() {
			t.Errorf("Status() says that %s is pending, want it applied", m.Name)
		}
	}

	if applied, err := migrator.Up(t.Context()); err != nil || len(applied) != 0 {
		t.Errorf("second Up() = %q, %v, want nothing to do", applied, err)
	}
	for range all {
		name, err := migrator.Down(t.Context())
		if err != nil {
			t.Fatalf("Down() = error %v", err)
		}
		undone = append(undone, name)
	}
	slices.Reverse(undone)
	if !slices.Equal(undone, names) {
		t.Errorf("Down() undid %q, want %q, the newest first", undone, names)
	}
	if name, err := migrator.Down(t.Context()); !errors.Is(err, postgres.ErrNoMigration) {
		t.Errorf("Down() with nothing left = %q, %v, want %v", name, err, postgres.ErrNoMigration)
	}
	for _, m := range status(t, migrator) {
		if !m.AppliedAt.IsZero() {
			t.Errorf("Status() says that %s is applied, want it pending", m.Name)
		}
	}
	if left := schema(t, databaseURL); strings.Contains(left, "users") {
		t.Errorf("all migrations undone leave:\n%s", left)
	}

	if applied, err := migrator.Up(t.Context()); err != nil || !slices.Equal(applied, names) {
		t.Errorf("Up() = %q, %v, want %q", applied, err, names)
	}
	if after := schema(t, databaseURL); after != before {
		t.Errorf("schema after down and up:\n%s\nwant:\n%s", after, before)
	}
}

// Two replicas may start at once.
func TestMigratorUpAtOnce(t *testing.T) {
	databaseURL := postgrestest.URL(t)
	first := newMigrator(t, databaseURL)
	all := status(t, first)
	for range all {
		if _, err := first.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		applied []string
	)
	for _, migrator := range []*postgres.Migrator{first, newMigrator(t, databaseURL)} {
		running.Go(func() {
			names, err := migrator.Up(t.Context())
			if err != nil {
				t.Errorf("Up() = error %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			applied = append(applied, names...)
		})
	}
	running.Wait()
	if len(applied) != len(all) {
		t.Errorf("two Up() at once applied %q, want each of %d migrations once", applied, len(all))
	}
}

func newMigrator(t *testing.T, databaseURL string) *postgres.Migrator {
	t.Helper()
	migrator, err := postgres.NewMigrator(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { migrator.Close() })
	return migrator
}

func status(t *testing.T, migrator *postgres.Migrator) []postgres.Migration {
	t.Helper()
	all, err := migrator.Status(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("Status() = %v, %v, want some migrations", all, err)
	}
	return all
}

// schema describes the columns, constraints, indexes and extensions of a
// database, one a line.
func schema(t *testing.T, databaseURL string) string {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `
		SELECT format('column %s.%s %s %s %s %s', table_name, column_name, data_type, is_nullable, collation_name, generation_expression)
		FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL
		SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL
		SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL
		SELECT 'extension ' || extname FROM pg_extension
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
