package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/internal/user"
)

// Users keeps accounts. The zero value is empty and ready for use.
type Users struct {
	mu   sync.Mutex
	byID map[uuid.UUID]user.User
}

var _ user.Store = (*Users)(nil)

// Create implements user.Store.
func (s *Users) Create(_ context.Context, u user.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.byEmail(u.Email); taken {
		return fmt.Errorf("create user: %w", user.ErrEmailTaken)
	}
	if s.byID == nil {
		s.byID = make(map[uuid.UUID]user.User)
	}
	u.CreatedAt = moment(u.CreatedAt)
	u.UpdatedAt = moment(u.UpdatedAt)
	s.byID[u.ID] = cloneUser(u)
	return nil
}

// Get implements user.Store.
func (s *Users) Get(_ context.Context, id uuid.UUID) (user.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byID[id]
	if !ok {
		return user.User{}, fmt.Errorf("get user %s: %w", id, user.ErrNotFound)
	}
	return cloneUser(u), nil
}

// ByEmail implements user.Store.
func (s *Users) ByEmail(_ context.Context, email string) (user.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byEmail(email)
	if !ok {
		return user.User{}, fmt.Errorf("get user by e-mail: %w", user.ErrNotFound)
	}
	return cloneUser(u), nil
}

// List implements user.Store.
func (s *Users) List(_ context.Context, q user.Query) (page.List[user.User], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := strings.ToLower(q.Email)
	var selected []user.User
	for _, u := range s.byID {
		if strings.Contains(u.Email, part) &&
			(q.Role == nil || *q.Role == u.Role) &&
			(q.Active == nil || *q.Active == u.Active) {
			selected = append(selected, cloneUser(u))
		}
	}
	orders := map[string]func(a, b user.User) int{
		"email":      func(a, b user.User) int { return strings.Compare(a.Email, b.Email) },
		"created_at": func(a, b user.User) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	users, err := page.Of(selected, q.Page, orders, func(u user.User) uuid.UUID { return u.ID })
	if err != nil {
		return page.List[user.User]{}, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

// Change implements user.Store.
func (s *Users) Change(_ context.Context, id uuid.UUID, c user.Change, now time.Time) (user.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.byID[id]
	if !ok {
		return user.User{}, fmt.Errorf("change user %s: %w", id, user.ErrNotFound)
	}
	after := before
	if c.Role != nil {
		after.Role = *c.Role
	}
	if c.Active != nil {
		after.Active = *c.Active
	}
	if activeAdmin(before) && !activeAdmin(after) && s.activeAdmins() == 1 {
		return user.User{}, fmt.Errorf("change user %s: %w", id, user.ErrLastAdmin)
	}
	if before.Active && !after.Active {
		after.Epoch++
	}
	after.UpdatedAt = moment(now)
	s.byID[id] = after
	return cloneUser(after), nil
}

// SetPassword implements user.Store.
func (s *Users) SetPassword(_ context.Context, id uuid.UUID, epoch int, hash []byte, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byID[id]
	if !ok {
		return fmt.Errorf("set password of user %s: %w", id, user.ErrNotFound)
	}
	if u.Epoch != epoch {
		return fmt.Errorf("set password of user %s: %w", id, user.ErrEpochOver)
	}
	u.PasswordHash = slices.Clone(hash)
	u.Epoch++
	u.UpdatedAt = moment(now)
	s.byID[id] = u
	return nil
}

// NewEpoch implements user.Store.
func (s *Users) NewEpoch(_ context.Context, id uuid.UUID, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byID[id]
	if !ok {
		return fmt.Errorf("start new epoch of user %s: %w", id, user.ErrNotFound)
	}
	u.Epoch++
	u.UpdatedAt = moment(now)
	s.byID[id] = u
	return nil
}

func (s *Users) byEmail(email string) (user.User, bool) {
	for _, u := range s.byID {
		if u.Email == email {
			return u, true
		}
	}
	return user.User{}, false
}

func (s *Users) activeAdmins() int {
	count := 0
	for _, u := range s.byID {
		if activeAdmin(u) {
			count++
		}
	}
	return count
}

func activeAdmin(u user.User) bool { return u.Active && u.Role == auth.RoleAdmin }

// cloneUser keeps what is stored apart from what callers may change.
func cloneUser(u user.User) user.User {
	u.PasswordHash = slices.Clone(u.PasswordHash)
	return u
}
