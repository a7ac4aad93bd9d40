package memory_test

import (
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/auth/authtest"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account/accounttest"
	"example.com/app/services/user/internal/memory"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, func(*testing.T) accounttest.Fixture {
		unsent := outbox.NewMemory()
		return accounttest.Fixture{Store: memory.NewAccounts(unsent), Outbox: unsent}
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	authtest.Run(t, func(*testing.T) authtest.Fixture {
		return authtest.Fixture{
			Sessions: new(memory.Sessions),
			NewUser:  func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}
