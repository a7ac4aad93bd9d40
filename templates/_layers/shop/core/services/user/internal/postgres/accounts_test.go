package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/auth"
	"example.com/app/internal/auth/authtest"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/outage"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
	"example.com/app/services/user/internal/account/accounttest"
	"example.com/app/services/user/internal/postgres"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, func(t *testing.T) accounttest.Fixture {
		pool := open(t)
		unsent := outbox.NewPostgres(pool)
		return accounttest.Fixture{Store: postgres.NewAccounts(pool, unsent), Outbox: unsent}
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	authtest.Run(t, func(t *testing.T) authtest.Fixture {
		pool := open(t)
		return authtest.Fixture{
			Sessions: postgres.NewSessions(pool),
			NewUser:  func(t *testing.T) uuid.UUID { return newAccount(t, pool) },
		}
	})
}

// open returns a pool for a new database with the service's schema and no rows.
func open(t *testing.T) *pgxpool.Pool {
	t.Helper()
	migrations, err := postgres.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return databasetest.New(t, migrations)
}

// newAccount stores an account for what belongs to one, and returns its id.
func newAccount(t *testing.T, pool *pgxpool.Pool) uuid.UUID {
	t.Helper()
	id, now := uuid.New(), time.Now()
	err := postgres.NewAccounts(pool, outbox.NewPostgres(pool)).Create(t.Context(), account.Account{
		ID: id, Email: id.String() + "@example.org", Name: "Ann", PasswordHash: []byte{1},
		Role: auth.RoleUser, Active: true, CreatedAt: now, UpdatedAt: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestAway has no database, which everybody is told in the same words.
func TestAway(t *testing.T) {
	t.Parallel()
	pool := open(t)
	pool.Close()
	accounts, sessions := postgres.NewAccounts(pool, outbox.NewPostgres(pool)), postgres.NewSessions(pool)
	ctx, id, token := t.Context(), uuid.New(), auth.NewRefreshToken().Hash()
	for name, call := range map[string]func() error{
		"Create":  func() error { return accounts.Create(ctx, account.Account{}) },
		"Get":     func() error { _, err := accounts.Get(ctx, id); return err },
		"ByEmail": func() error { _, err := accounts.ByEmail(ctx, "ann@example.org"); return err },
		"Change":  func() error { _, err := accounts.Change(ctx, id, account.Change{}, time.Now()); return err },
		"log in":  func() error { return sessions.Create(ctx, auth.Session{}, token) },
		"Rotate":  func() error { _, err := sessions.Rotate(ctx, token, token, time.Now()); return err },
		"End":     func() error { return sessions.End(ctx, token, time.Now()) },
	} {
		if err := call(); !errors.Is(err, outage.ErrUnavailable) {
			t.Errorf("%s = %v, want %v", name, err, outage.ErrUnavailable)
		}
	}
}
