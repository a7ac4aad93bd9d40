package postgres_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/acme/reservation-api/internal/outage"
	"github.com/acme/reservation-api/internal/postgres"
	"github.com/acme/reservation-api/internal/postgres/postgrestest"
	"github.com/acme/reservation-api/internal/user"
)

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
			_, openErr := postgres.Open(t.Context(), test.url)
			_, migratorErr := postgres.NewMigrator(test.url)
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
		name  string
		query string
		want  string
	}{
		{"ours", "", "5s 3s 10s UTC api"},
		{"the URL's", "&statement_timeout=7s&lock_timeout=6s&application_name=worker", "7s 6s 10s UTC worker"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool, err := postgres.Open(t.Context(), withParameters(postgrestest.URL(t), test.query))
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			var got string
			err = pool.QueryRow(t.Context(), `
				SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
					current_setting('idle_in_transaction_session_timeout'),
					current_setting('TimeZone'), current_setting('application_name'))`).Scan(&got)
			if err != nil || got != test.want {
				t.Errorf("settings = %q, %v, want %q", got, err, test.want)
			}
		})
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
	pool, err := postgres.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatalf("Open(nobody listens) = error %v, want none yet", err)
	}
	_, err = postgres.NewUsers(pool).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(nobody listens)", err)
	wantUnavailable(t, "Ready(nobody listens)", postgres.Ready(t.Context(), pool))
	_, err = newMigrator(t, databaseURL).Up(t.Context())
	wantUnavailable(t, "Up(nobody listens)", err)

	pool.Close()
	_, err = postgres.NewUsers(pool).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(closed pool)", err)
}

// A server that accepts and says nothing is as good as none.
func TestUnavailableSilent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	pool, err := postgres.Open(t.Context(), "postgres://ann@"+listener.Addr().String()+"/app?sslmode=disable&connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	_, err = postgres.NewUsers(pool).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(silent server)", err)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get(silent server) = error %v, want none of a caller's context", err)
	}
}

func TestServerEndsConnection(t *testing.T) {
	pool := postgrestest.New(t)
	_, err := pool.Exec(t.Context(), `SELECT 1`)
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.Ready(t.Context(), pool); err != nil {
		t.Errorf("Ready() = %v, want no error", err)
	}
	users := postgres.NewUsers(endingDB{pool})
	_, err = users.Change(t.Context(), uuid.New(), user.Change{}, time.Now())
	wantUnavailable(t, "Change(connection ended by an administrator)", err)
}

// endingDB ends the connection of each transaction when it has begun, as a
// server does that is shut down.
type endingDB struct{ postgres.DB }

func (db endingDB) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := db.DB.Begin(ctx)
	if err == nil {
		_, err = db.Exec(ctx, `SELECT pg_terminate_backend($1, 1000)`, tx.Conn().PgConn().PID())
	}
	return tx, err
}

func TestStatementTimeout(t *testing.T) {
	databaseURL := postgrestest.URL(t)
	pool, err := postgres.Open(t.Context(), withParameters(databaseURL, "&lock_timeout=100ms"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE users`); err != nil {
		t.Fatal(err)
	}
	_, err = postgres.NewUsers(pool).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(table is locked)", err)

	impatient, err := postgres.Open(t.Context(), withParameters(databaseURL, "&statement_timeout=100ms&lock_timeout=0"))
	if err != nil {
		t.Fatal(err)
	}
	defer impatient.Close()
	_, err = postgres.NewUsers(impatient).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(statement takes too long)", err)

	// A caller who left is no outage, wherever the query was.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = postgres.NewUsers(pool).Get(ctx, uuid.New())
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Get(caller's deadline) = error %v, want %v alone", err, context.DeadlineExceeded)
	}
}

func TestCallerLeft(t *testing.T) {
	pool := postgrestest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	users := postgres.NewUsers(pool)
	_, getErr := users.Get(ctx, uuid.New())
	_, changeErr := users.Change(ctx, uuid.New(), user.Change{}, time.Now())
	for call, err := range map[string]error{"Get": getErr, "Change": changeErr, "Ready": postgres.Ready(ctx, pool)} {
		if !errors.Is(err, context.Canceled) || errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s(caller left) = error %v, want %v alone", call, err, context.Canceled)
		}
	}
}

// A store in somebody else's transaction writes nothing that the transaction does
// not.
func TestStoreInTransaction(t *testing.T) {
	pool := postgrestest.New(t)
	id := newUser(t, pool)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.NewUsers(tx).Change(t.Context(), id, user.Change{Active: new(false)}, time.Now()); err != nil {
		t.Errorf("Change() = error %v, want none", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, err := postgres.NewUsers(pool).Get(t.Context(), id); err != nil || !u.Active {
		t.Errorf("Get() after a rollback = active %t, %v, want true", u.Active, err)
	}
}

// withParameters adds to a URL, which may have parameters already.
func withParameters(databaseURL, parameters string) string {
	if strings.Contains(databaseURL, "?") {
		return databaseURL + parameters
	}
	return databaseURL + "?" + strings.TrimPrefix(parameters, "&")
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
