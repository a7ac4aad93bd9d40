package account

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// What actors do with accounts.
const (
	UseAccount     auth.Action = "account.use"
	ManageAccounts auth.Action = "account.manage"
)

// NewPolicy returns who may do what.
func NewPolicy() auth.Policy {
	return auth.Policy{
		UseAccount:     {User: auth.Own, Admin: auth.Own},
		ManageAccounts: {Admin: auth.Any},
	}
}

// Source is the name by which other services know this one.
const Source = "user"

// Service does everything that is done with accounts. All fields are required.
type Service struct {
	Store       Store
	Sessions    auth.Sessions
	Tokens      Signer
	Passwords   *auth.Passwords
	Policy      auth.Policy
	SessionLife time.Duration // from log-in until the last refresh
	Now         func() time.Time
}

// Signer issues access tokens.
type Signer interface {
	Sign(actor auth.Actor) (token string, life time.Duration, err error)
}

// Registration is what somebody gives to get an account.
type Registration struct {
	Email    string
	Name     string
	Password string
}

// Register makes an account with the role user. It returns field.Errors or
// ErrEmailTaken.
func (s *Service) Register(ctx context.Context, r Registration) (Account, error) {
	return s.create(ctx, r, auth.RoleUser)
}

// CreateAdmin makes an account with the role admin. It is meant for whoever
// operates the program, so that no policy is asked.
func (s *Service) CreateAdmin(ctx context.Context, r Registration) (Account, error) {
	return s.create(ctx, r, auth.RoleAdmin)
}

func (s *Service) create(ctx context.Context, r Registration, role auth.Role) (Account, error) {
	var errs field.Errors
	email, err := parseEmail(r.Email)
	if err != nil {
		errs.Add("email", "%v", err)
	}
	errs.Text("name", r.Name, 1, 100)
	s.Passwords.Check(&errs, "password", r.Password)
	if err := errs.Err(); err != nil {
		return Account{}, err
	}
	hash, err := s.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return Account{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Account{}, fmt.Errorf("make account id: %w", err)
	}
	now := s.now()
	a := Account{
		ID: id, Email: email, Name: r.Name, PasswordHash: hash,
		Role: role, Active: true, CreatedAt: now, UpdatedAt: now,
	}
	registered, err := events.New(Source, events.UserRegisteredV1, id, now, events.UserRegistered{UserID: id, Name: a.Name})
	if err != nil {
		return Account{}, err
	}
	if err := s.Store.Create(ctx, a, registered); err != nil {
		return Account{}, err
	}
	return a, nil
}

// Me returns the actor's own account.
func (s *Service) Me(ctx context.Context, actor auth.Actor) (Account, error) {
	if _, err := s.Policy.Scope(actor, UseAccount); err != nil {
		return Account{}, err
	}
	return s.Store.Get(ctx, actor.ID)
}

// List returns one page of all accounts.
func (s *Service) List(ctx context.Context, actor auth.Actor, q Query) (page.List[Account], error) {
	if _, err := s.Policy.Scope(actor, ManageAccounts); err != nil {
		return page.List[Account]{}, err
	}
	return s.Store.List(ctx, q)
}

// Get returns an account, or ErrNotFound.
func (s *Service) Get(ctx context.Context, actor auth.Actor, id uuid.UUID) (Account, error) {
	if _, err := s.Policy.Scope(actor, ManageAccounts); err != nil {
		return Account{}, err
	}
	return s.Store.Get(ctx, id)
}

// Change sets the role of an account, deactivates it or activates it again. It
// returns ErrNotFound, field.Errors, or ErrLastAdmin: somebody must be left who
// can undo it. Access tokens say what the role was when they were issued, until they
// expire.
func (s *Service) Change(ctx context.Context, actor auth.Actor, id uuid.UUID, c Change) (Account, error) {
	if _, err := s.Policy.Scope(actor, ManageAccounts); err != nil {
		return Account{}, err
	}
	if c.Role != nil && !c.Role.Valid() {
		return Account{}, field.Errors{{Name: "role", Message: "must be user or admin"}}
	}
	return s.Store.Change(ctx, id, c, s.now())
}

// now is the present as a store keeps it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
