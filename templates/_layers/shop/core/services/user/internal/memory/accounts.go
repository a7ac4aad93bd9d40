// Package memory keeps accounts in the memory of the process, for tests and for a start
// without a database. What it holds ends with the process.
package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
)

// Accounts keeps accounts.
type Accounts struct {
	outbox *outbox.Memory

	mu   sync.Mutex
	byID map[uuid.UUID]account.Account
}

var _ account.Store = (*Accounts)(nil)

// NewAccounts tells of its accounts by way of the outbox.
func NewAccounts(o *outbox.Memory) *Accounts {
	return &Accounts{outbox: o, byID: make(map[uuid.UUID]account.Account)}
}

// Create implements account.Store.
func (s *Accounts) Create(ctx context.Context, a account.Account, say ...events.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.byEmail(a.Email); taken {
		return fmt.Errorf("create account: %w", account.ErrEmailTaken)
	}
	a.CreatedAt = moment(a.CreatedAt)
	a.UpdatedAt = moment(a.UpdatedAt)
	s.byID[a.ID] = clone(a)
	s.outbox.Add(ctx, say...)
	return nil
}

// Get implements account.Store.
func (s *Accounts) Get(_ context.Context, id uuid.UUID) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.byID[id]
	if !ok {
		return account.Account{}, fmt.Errorf("get account %s: %w", id, account.ErrNotFound)
	}
	return clone(a), nil
}

// ByEmail implements account.Store.
func (s *Accounts) ByEmail(_ context.Context, email string) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.byEmail(email)
	if !ok {
		return account.Account{}, fmt.Errorf("get account by e-mail: %w", account.ErrNotFound)
	}
	return clone(a), nil
}

// List implements account.Store.
func (s *Accounts) List(_ context.Context, q account.Query) (page.List[account.Account], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := strings.ToLower(q.Email)
	var selected []account.Account
	for _, a := range s.byID {
		if strings.Contains(a.Email, part) &&
			(q.Role == nil || *q.Role == a.Role) &&
			(q.Active == nil || *q.Active == a.Active) {
			selected = append(selected, clone(a))
		}
	}
	orders := map[string]func(a, b account.Account) int{
		"email":      func(a, b account.Account) int { return strings.Compare(a.Email, b.Email) },
		"created_at": func(a, b account.Account) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	accounts, err := page.Of(selected, q.Page, orders, func(a account.Account) uuid.UUID { return a.ID })
	if err != nil {
		return page.List[account.Account]{}, fmt.Errorf("list accounts: %w", err)
	}
	return accounts, nil
}

// Change implements account.Store.
func (s *Accounts) Change(_ context.Context, id uuid.UUID, c account.Change, now time.Time) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.byID[id]
	if !ok {
		return account.Account{}, fmt.Errorf("change account %s: %w", id, account.ErrNotFound)
	}
	after := before
	if c.Role != nil {
		after.Role = *c.Role
	}
	if c.Active != nil {
		after.Active = *c.Active
	}
	if activeAdmin(before) && !activeAdmin(after) && s.activeAdmins() == 1 {
		return account.Account{}, fmt.Errorf("change account %s: %w", id, account.ErrLastAdmin)
	}
	if before.Active && !after.Active {
		after.Epoch++
	}
	after.UpdatedAt = moment(now)
	s.byID[id] = after
	return clone(after), nil
}

func (s *Accounts) byEmail(email string) (account.Account, bool) {
	for _, a := range s.byID {
		if a.Email == email {
			return a, true
		}
	}
	return account.Account{}, false
}

func (s *Accounts) activeAdmins() int {
	count := 0
	for _, a := range s.byID {
		if activeAdmin(a) {
			count++
		}
	}
	return count
}

func activeAdmin(a account.Account) bool { return a.Active && a.Role == auth.RoleAdmin }

// clone keeps what is stored apart from what callers may change.
func clone(a account.Account) account.Account {
	a.PasswordHash = slices.Clone(a.PasswordHash)
	return a
}

// moment is a time as a database keeps it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
