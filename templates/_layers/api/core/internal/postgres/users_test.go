package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/auth"
	"example.com/app/internal/auth/authtest"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/user"
	"example.com/app/internal/user/usertest"
)

func TestUsers(t *testing.T) {
	usertest.Run(t, func(t *testing.T) user.Store { return postgres.NewUsers(postgrestest.New(t)) })
}

func TestSessions(t *testing.T) {
	authtest.Run(t, func(t *testing.T) authtest.Fixture {
		pool := postgrestest.New(t)
		return authtest.Fixture{
			Sessions: postgres.NewSessions(pool),
			NewUser:  func(t *testing.T) uuid.UUID { return newUser(t, pool) },
		}
	})
}

// newUser stores an account for what belongs to one, and returns its id.
func newUser(t *testing.T, pool *pgxpool.Pool) uuid.UUID {
	t.Helper()
	id, now := uuid.New(), time.Now()
	err := postgres.NewUsers(pool).Create(t.Context(), user.User{
		ID: id, Email: id.String() + "@example.org", Name: "Ann", PasswordHash: []byte{1},
		Role: auth.RoleUser, Active: true, CreatedAt: now, UpdatedAt: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
