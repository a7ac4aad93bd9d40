// Package databasetest gives each test a database of its own.
package databasetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database"
)

// EnvURL names the variable with the URL of a server whose user may create
// databases. Tests skip without it.
const EnvURL = "TEST_DATABASE_URL"

const patience = time.Minute

// New returns a pool for a new database with the schema and no rows. It is
// dropped after the test.
func New(tb testing.TB, migrations fs.FS) *pgxpool.Pool {
	tb.Helper()
	// Enough connections for a race to be one.
	pool, err := database.Open(tb.Context(), with(tb, URL(tb, migrations), func(u *url.URL) {
		query := u.Query()
		query.Set("pool_max_conns", "16")
		u.RawQuery = query.Encode()
	}))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

// URL returns the URL of a new database with the schema and no rows. It is
// dropped after the test, whoever is still connected.
//
// To migrate takes longer than many a test. It is done once, to a database that
// stays on the server and that the others are copies of.
func URL(tb testing.TB, migrations fs.FS) string {
	tb.Helper()
	admin := os.Getenv(EnvURL)
	if admin == "" {
		tb.Skip("needs PostgreSQL: set " + EnvURL)
	}
	pattern := "app_test_" + fingerprint(tb, migrations)
	name := pattern + "_" + strings.ToLower(rand.Text()[:10])
	exec(tb, admin, func(ctx context.Context, conn *pgx.Conn) error {
		if err := ensurePattern(ctx, conn, admin, pattern, migrations); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(pattern))
		return err
	})
	tb.Cleanup(func() {
		exec(tb, admin, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "DROP DATABASE "+quote(name)+" WITH (FORCE)")
			return err
		})
	})
	return with(tb, admin, func(u *url.URL) { u.Path = "/" + name })
}

// ensurePattern makes the database that is copied unless it is there. go test
// runs packages in processes of their own, which wait here for the first.
func ensurePattern(ctx context.Context, conn *pgx.Conn, admin, pattern string, migrations fs.FS) error {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext($1))`, pattern); err != nil {
		return err
	}
	err := makePattern(ctx, conn, admin, pattern, migrations)
	_, unlockErr := conn.Exec(ctx, `SELECT pg_advisory_unlock(hashtext($1))`, pattern)
	return errors.Join(err, unlockErr)
}

func makePattern(ctx context.Context, conn *pgx.Conn, admin, pattern string, migrations fs.FS) error {
	var exists bool
	err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, pattern).Scan(&exists)
	if err != nil || exists {
		return err
	}
	// It gets its name when it is complete: a process may be killed at any time.
	draft := pattern + "_draft"
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(draft)+" WITH (FORCE)"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+quote(draft)); err != nil {
		return err
	}
	if err := migrate(ctx, admin, draft, migrations); err != nil {
		return err
	}
	// A database that somebody is connected to cannot be copied.
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+quote(draft)+" WITH ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+quote(draft)+" RENAME TO "+quote(pattern))
	return err
}

func migrate(ctx context.Context, admin, name string, migrations fs.FS) error {
	u, err := url.Parse(admin)
	if err != nil {
		return fmt.Errorf("parse %s: not a URL", EnvURL)
	}
	u.Path = "/" + name
	migrator, err := database.NewMigrator(u.String(), migrations)
	if err != nil {
		return err
	}
	defer migrator.Close()
	_, err = migrator.Up(ctx)
	return err
}

// exec runs f on a connection to the server's own database. It works after the
// test's context has ended, too.
func exec(tb testing.TB, admin string, f func(ctx context.Context, conn *pgx.Conn) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		tb.Fatalf("connect to %s: %v", EnvURL, err)
	}
	defer conn.Close(ctx)
	if err := f(ctx, conn); err != nil {
		tb.Fatal(err)
	}
}

// fingerprint changes with every change of the migrations.
func fingerprint(tb testing.TB, migrations fs.FS) string {
	tb.Helper()
	hash := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:6])
}

// with changes a URL.
func with(tb testing.TB, raw string, change func(*url.URL)) string {
	tb.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		tb.Fatalf("parse %s: not a URL", EnvURL)
	}
	change(u)
	return u.String()
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
