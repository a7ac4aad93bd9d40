// Package postgres keeps everything in a PostgreSQL database. The rules that
// must hold whatever happens, such as that an e-mail address is taken once, are
// constraints of its schema; see the migrations.
package postgres

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/acme/reservation-api/internal/database"
)

// lockAdmins is the first half of the key of an advisory lock; the second half is 0.
// Each kind of thing that is locked has a first half of its own.
const lockAdmins = 1

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the SQL files that make the schema.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// NewMigrator returns a migrator of the schema, which connects when it is used
// first. It must be closed.
func NewMigrator(databaseURL string) (*database.Migrator, error) {
	files, err := Migrations()
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return database.NewMigrator(databaseURL, files)
}
