package postgres_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
)

// Every migration has a way back, and one forward again to the same schema.
func TestMigrationsDownAndUp(t *testing.T) {
	databaseURL := postgrestest.URL(t)
	migrator, err := postgres.NewMigrator(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer migrator.Close()
	before := schema(t, databaseURL)

	all, err := migrator.Status(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("Status() = %v, %v, want some migrations", all, err)
	}
	var names, undone []string
	for _, m := range all {
		names = append(names, m.Name)
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
