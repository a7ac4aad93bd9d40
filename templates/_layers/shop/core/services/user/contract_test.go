package user_test

import (
	"context"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/events"
	"example.com/app/events/eventstest"
	"example.com/app/internal/auth"
	"example.com/app/internal/mail"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
	"example.com/app/services/user/internal/memory"
	"example.com/app/services/user/internal/notice"
)

// TestContractTells: whatever the service tells is what others were promised.
func TestContractTells(t *testing.T) {
	t.Parallel()
	unsent := outbox.NewMemory()
	passwords, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	accounts := &account.Service{Store: memory.NewAccounts(unsent), Passwords: passwords, Now: time.Now}
	if _, err := accounts.Register(t.Context(), account.Registration{Email: "sari@example.com", Name: "Sari", Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	_, err = unsent.Forward(t.Context(), 100, func(_ context.Context, told ...events.Event) error {
		eventstest.WantLike(t, told...)
		eventstest.WantTypes(t, told, events.UserRegisteredV1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sent keeps e-mails.
type sent []mail.Message

func (s *sent) Send(_ context.Context, m mail.Message) error {
	*s = append(*s, m)
	return nil
}

// TestContractListens: whatever others were promised to be able to tell is understood.
func TestContractListens(t *testing.T) {
	t.Parallel()
	completed, err := events.Decode[events.OrderCompleted](eventstest.Sample(t, events.OrderCompletedV1))
	if err != nil {
		t.Fatal(err)
	}
	accounts := memory.NewAccounts(outbox.NewMemory())
	customer := account.Account{ID: completed.CustomerID, Email: "sari@example.com", Name: "Sari", Role: auth.RoleUser, Active: true}
	if err := accounts.Create(t.Context(), customer); err != nil {
		t.Fatal(err)
	}
	var box sent
	consumer := notice.Orders(accounts, new(inbox.Memory), &box)
	for _, eventType := range consumer.Types() {
		if err := consumer.Handle(t.Context(), eventstest.Sample(t, eventType)); err != nil {
			t.Errorf("%s: %v", eventType, err)
		}
	}
	if len(box) != 2 || box[0].To != customer.Email || box[1].To != customer.Email {
		t.Errorf("sent %+v, want two e-mails to %s", box, customer.Email)
	}
}
