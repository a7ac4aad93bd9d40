package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/outage"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/user"
)

func TestUnavailable(t *testing.T) {
	pool, err := database.Open(t.Context(), "postgres://127.0.0.1:1/app") // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	_, err = postgres.NewUsers(pool).Get(t.Context(), uuid.New())
	wantUnavailable(t, "Get(nobody listens)", err)
}

func TestServerEndsConnection(t *testing.T) {
	pool := postgrestest.New(t)
	users := postgres.NewUsers(endingDB{pool})
	_, err := users.Change(t.Context(), uuid.New(), user.Change{}, time.Now())
	wantUnavailable(t, "Change(connection ended by an administrator)", err)
}

// endingDB ends the connection of each transaction when it has begun, as a
// server does that is shut down.
type endingDB struct{ database.DB }

func (db endingDB) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := db.DB.Begin(ctx)
	if err == nil {
		_, err = db.Exec(ctx, `SELECT pg_terminate_backend($1, 1000)`, tx.Conn().PgConn().PID())
	}
	return tx, err
}

func TestCallerLeft(t *testing.T) {
	pool := postgrestest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	users := postgres.NewUsers(pool)
	_, getErr := users.Get(ctx, uuid.New())
	_, changeErr := users.Change(ctx, uuid.New(), user.Change{}, time.Now())
	for call, err := range map[string]error{"Get": getErr, "Change": changeErr} {
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

func wantUnavailable(t *testing.T, call string, err error) {
	t.Helper()
	if !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("%s = error %v, want %v", call, err, outage.ErrUnavailable)
	}
}
