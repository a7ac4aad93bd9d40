// Package messagestest has the tables of outbox and inbox, as every service makes them.
package messagestest

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database/databasetest"
)

// migration is the first one of a service, which is that of all of them.
const migration = "../../services/order/internal/postgres/migrations/00001_messages.sql"

// New returns a pool for a new database with the tables, and nothing in them. It is for the
// tests of the packages beside this one.
func New(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	sql, err := os.ReadFile(migration)
	if err != nil {
		tb.Fatal(err)
	}
	return databasetest.New(tb, fstest.MapFS{"00001_messages.sql": {Data: sql}})
}
