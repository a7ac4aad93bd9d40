package memory_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/auth/authtest"
	"example.com/app/internal/memory"
	"example.com/app/internal/user"
	"example.com/app/internal/user/usertest"
)

func TestUsers(t *testing.T) {
	usertest.Run(t, func(*testing.T) user.Store { return new(memory.Users) })
}

func TestSessions(t *testing.T) {
	authtest.Run(t, func(*testing.T) authtest.Fixture {
		return authtest.Fixture{
			Sessions: new(memory.Sessions),
			NewUser:  func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}
