package notice_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/mail"
	"example.com/app/internal/outage"
	"example.com/app/platform/bus"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
	"example.com/app/services/user/internal/memory"
	"example.com/app/services/user/internal/notice"
)

// server takes e-mails, or refuses them with err.
type server struct {
	sent []mail.Message
	err  error
}

func (s *server) Send(_ context.Context, m mail.Message) error {
	if s.err == nil {
		s.sent = append(s.sent, m)
	}
	return s.err
}

// newNotices returns what tells Sari of her orders, by way of the server.
func newNotices(t *testing.T, s *server) (customer uuid.UUID, c bus.Consumer) {
	t.Helper()
	accounts := memory.NewAccounts(outbox.NewMemory())
	sari := account.Account{ID: uuid.New(), Email: "sari@example.com", Name: "Sari", Role: auth.RoleUser, Active: true}
	if err := accounts.Create(t.Context(), sari); err != nil {
		t.Fatal(err)
	}
	return sari.ID, notice.Orders(accounts, new(inbox.Memory), s)
}

func event(t *testing.T, eventType string, data any) events.Event {
	t.Helper()
	e, err := events.New("order", eventType, uuid.New(), time.Now(), data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOrders(t *testing.T) {
	t.Parallel()
	order := uuid.New()
	tests := []struct {
		name    string
		told    func(customer uuid.UUID) events.Event
		subject string
		text    []string
	}{
		{"completed", func(c uuid.UUID) events.Event {
			return event(t, events.OrderCompletedV1, events.OrderCompleted{OrderID: order, CustomerID: c})
		}, "Your order is complete", []string{"Hello Sari", order.String()}},
		{"cancelled", func(c uuid.UUID) events.Event {
			return event(t, events.OrderCancelledV1, events.OrderCancelled{OrderID: order, CustomerID: c, Reason: "out-of-stock"})
		}, "Your order is cancelled", []string{"Hello Sari", order.String(), "out-of-stock"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := new(server)
			customer, notices := newNotices(t, s)
			e := test.told(customer)
			for range 2 { // the bus may hand it out again
				if err := notices.Handle(t.Context(), e); err != nil {
					t.Fatalf("Handle() = %v", err)
				}
			}
			if len(s.sent) != 1 {
				t.Fatalf("sent %d e-mails, want one", len(s.sent))
			}
			m := s.sent[0]
			if m.ID != e.ID || m.To != "sari@example.com" || m.Subject != test.subject {
				t.Errorf("sent %+v, want %q to Sari under the event's id", m, test.subject)
			}
			for _, part := range test.text {
				if !strings.Contains(m.Text, part) {
					t.Errorf("text %q lacks %q", m.Text, part)
				}
			}
		})
	}
}

// TestServerAway has the mail server away for a time: the event comes again.
func TestServerAway(t *testing.T) {
	t.Parallel()
	s := &server{err: outage.ErrUnavailable}
	customer, notices := newNotices(t, s)
	e := event(t, events.OrderCompletedV1, events.OrderCompleted{CustomerID: customer})
	if err := notices.Handle(t.Context(), e); !errors.Is(err, outage.ErrUnavailable) || errors.Is(err, bus.ErrPermanent) {
		t.Errorf("Handle() = %v, want an error that may pass", err)
	}
	s.err = nil
	if err := notices.Handle(t.Context(), e); err != nil || len(s.sent) != 1 {
		t.Errorf("Handle() = %v, and %d e-mails, want one", err, len(s.sent))
	}
}

// TestGivenUp is what no other try would mend.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	refusing := &server{err: mail.ErrRefused}
	customer, refused := newNotices(t, refusing)
	_, others := newNotices(t, new(server))
	for name, test := range map[string]struct {
		notices bus.Consumer
		e       events.Event
	}{
		"address refused":     {refused, event(t, events.OrderCompletedV1, events.OrderCompleted{CustomerID: customer})},
		"unknown customer":    {others, event(t, events.OrderCompletedV1, events.OrderCompleted{CustomerID: uuid.New()})},
		"unreadable":          {others, event(t, events.OrderCompletedV1, 7)},
		"unreadable, another": {others, event(t, events.OrderCancelledV1, 7)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := test.notices.Handle(t.Context(), test.e); !errors.Is(err, bus.ErrPermanent) {
				t.Errorf("Handle() = %v, want %v", err, bus.ErrPermanent)
			}
		})
	}
}
