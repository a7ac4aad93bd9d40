// Package postgrestest gives each test a database of its own, with our schema.
package postgrestest

import (
	"io/fs"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/postgres"
)

// New returns a pool for a new database with the schema and no rows. It is
// dropped after the test.
func New(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	return databasetest.New(tb, migrations(tb))
}

// URL returns the URL of a new database with the schema and no rows. It is
// dropped after the test, whoever is still connected.
func URL(tb testing.TB) string {
	tb.Helper()
	return databasetest.URL(tb, migrations(tb))
}

func migrations(tb testing.TB) fs.FS {
	tb.Helper()
	files, err := postgres.Migrations()
	if err != nil {
		tb.Fatal(err)
	}
	return files
}
