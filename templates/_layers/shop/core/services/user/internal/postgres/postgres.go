// Package postgres keeps accounts in a PostgreSQL database.
package postgres

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the SQL files that make the schema.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }
