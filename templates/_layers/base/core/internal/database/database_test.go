package database_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/outage"
)

// migrations make a table of books.
func migrations() fs.FS { return os.DirFS("testdata/migrations") }

func TestOpenBadURL(t *testing.T) {
	tests := []struct {
		name string
		url  string
	}{
		{"not a URL", "postgres://ann:hunter2@[::1:5432/app"},
		{"bad port", "postgres://ann:hunter2@localhost:http/app"},
		{"slash in the password", "postgres://ann:hunter2/x@localhost/app"},
		{"bad parameter", "postgres://ann:hunter2@localhost/app?sslmode=perhaps"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, openErr := database.Open(t.Context(), test.url)
			_, migratorErr := database.NewMigrator(test.url, migrations())
			for call, err := range map[string]error{"Open": openErr, "NewMigrator": migratorErr} {
				if err == nil {
					t.Errorf("%s(%s) = no error, want one", call, test.url)
				} else if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s(%s) = error %v, which tells the password", call, test.url, err)
				}
			}
		})
	}
}

func TestOpenSettings(t *testing.T) {
	tests := []struct {
		name    string
		query   string
		options []func(*pgxpool.Config)
		want    string
	}{
		{name: "ours", want: "5s 3s 10s UTC " + filepath.Base(os.Args[0])},
		{
			name: "the URL's", query: "&statement_timeout=7s&lock_timeout=6s&application_name=worker",
			want: "7s 6s 10s UTC worker",
		},
		{
			name: "an option's", query: "&application_name=worker",
			options: []func(*pgxpool.Config){func(c *pgxpool.Config) {
				c.ConnConfig.RuntimeParams["application_name"] = "relay"
			}},
			want: "5s 3s 10s UTC relay",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool := open(t, databasetest.URL(t, migrations()), test.query, test.options...)
			var got string
			err := pool.QueryRow(t.Context(), `
				SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
					current_setting('idle_in_transaction_session_timeout'),
					current_setting('TimeZone'), current_setting('application_name'))`).Scan(&got)
			if err != nil || got != test.want {
				t.Errorf("settings = %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestTimesAreInUTC(t *testing.T) {
	pool := databasetest.New(t, migrations())
	want := time.Date(2030, time.March, 4, 15, 0, 0, 0, time.FixedZone("WIB", 7*60*60))
	var got time.Time
	err := pool.QueryRow(t.Context(), `SELECT $1::timestamptz`, want).Scan(&got)
	if err != nil || got != want.UTC() {
		t.Errorf("time = %v, %v, want %v", got, err, want.UTC())
	}
}

func TestUnavailable(t *testing.T) {
	// A port that was free a moment ago, where nobody listens.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	databaseURL := "postgres://ann:hunter2@" + address + "/app?sslmode=disable"
	pool := open(t, databaseURL, "")
	wantUnavailable(t, "query(nobody listens)", query(t.Context(), pool))
	wantUnavailable(t, "Ready(nobody listens)", database.Ready(t.Context(), pool))
	migrator := newMigrator(t, databaseURL)
	_, err = migrator.Up(t.Context())
	wantUnavailable(t, "Up(nobody listens)", err)
	_, err = migrator.Status(t.Context())
	wantUnavailable(t, "Status(nobody listens)", err)

	pool.Close()
	wantUnavailable(t, "query(closed pool)", query(t.Context(), pool))
}

// A server that accepts and says nothing is as good as none.
func TestUnavailableSilent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	pool := open(t, "postgres://ann@"+listener.Addr().String()+"/app?sslmode=disable", "&connect_timeout=1")
	err = query(t.Context(), pool)
	wantUnavailable(t, "query(silent server)", err)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("query(silent server) = error %v, want none of a caller's context", err)
	}
}

func TestServerEndsConnection(t *testing.T) {
	pool := databasetest.New(t, migrations())
	if err := database.Ready(t.Context(), pool); err != nil {
		t.Errorf("Ready() = %v, want no error", err)
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	// As a server does that is shut down.
	if _, err := pool.Exec(t.Context(), `SELECT pg_terminate_backend($1, 1000)`, tx.Conn().PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	wantUnavailable(t, "query(connection ended by an administrator)", query(t.Context(), tx))
}

func TestTimeouts(t *testing.T) {
	databaseURL := databasetest.URL(t, migrations())
	pool := open(t, databaseURL, "&lock_timeout=100ms")
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE books`); err != nil {
		t.Fatal(err)
	}
	wantUnavailable(t, "query(table is locked)", query(t.Context(), pool))

	impatient := open(t, databaseURL, "&statement_timeout=100ms&lock_timeout=0")
	wantUnavailable(t, "query(statement takes too long)", query(t.Context(), impatient))

	// A caller who left is no outage, wherever the query was.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = query(ctx, pool)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("query(caller's deadline) = error %v, want %v alone", err, context.DeadlineExceeded)
	}
}

func TestCallerLeft(t *testing.T) {
	pool := databasetest.New(t, migrations())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for call, err := range map[string]error{"query": query(ctx, pool), "Ready": database.Ready(ctx, pool)} {
		if !errors.Is(err, context.Canceled) || errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s(caller left) = error %v, want %v alone", call, err, context.Canceled)
		}
	}
}

// open opens a database whose URL gets more parameters. It may have some already.
func open(t *testing.T, databaseURL, parameters string, options ...func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	if strings.Contains(databaseURL, "?") {
		databaseURL += parameters
	} else {
		databaseURL += "?" + strings.TrimPrefix(parameters, "&")
	}
	pool, err := database.Open(t.Context(), databaseURL, options...)
	if err != nil {
		t.Fatalf("Open() = error %v, want none yet", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// query asks for something, and says what became of it as a store does.
func query(ctx context.Context, db database.DB) error {
	_, err := db.Exec(ctx, `SELECT FROM books`)
	return database.Cause(ctx, err)
}

func wantUnavailable(t *testing.T, call string, err error) {
	t.Helper()
	if !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("%s = error %v, want %v", call, err, outage.ErrUnavailable)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%s = error %v, which tells the password", call, err)
	}
}
