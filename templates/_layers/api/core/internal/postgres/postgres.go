// Package postgres keeps everything in a PostgreSQL database. The rules that
// must hold whatever happens, such as no two reservations at one time, are
// constraints of its schema; see the migrations.
package postgres

import (
	"embed"
	"fmt"
	"io/fs"

	"example.com/app/internal/database"
)

// The first halves of the keys of our advisory locks, one for each kind of thing
// that is locked.
const (
	lockAdmins = 1 // second half 0
	lockRoom   = 2 // second half the hash of the room's id
)

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
