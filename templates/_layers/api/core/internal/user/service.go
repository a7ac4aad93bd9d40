package user

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
)

// Service does everything that is done with accounts. It decides by Policy, and
// its callers say for whom they ask. All fields are required.
type Service struct {
	Store       Store
	Sessions    auth.Sessions
	Signer      *auth.Signer
	Passwords   *auth.Passwords
	Policy      auth.Policy
	SessionLife time.Duration // from log-in until the last refresh
	Now         func() time.Time
}

// Registration is what somebody gives to get an account.
type Registration struct {
	Email    string
	Name     string
	Password string
}

// Register makes an account with the role user. It returns field.Errors or
// ErrEmailTaken.
func (s *Service) Register(ctx context.Context, r Registration) (User, error) {
	return s.create(ctx, r, auth.RoleUser)
}

// CreateAdmin makes an account with the role admin. It is meant for whoever
// operates the program, so that no policy is asked.
func (s *Service) CreateAdmin(ctx context.Context, r Registration) (User, error) {
	return s.create(ctx, r, auth.RoleAdmin)
}

func (s *Service) create(ctx context.Context, r Registration, role auth.Role) (User, error) {
	var errs field.Errors
	email, err := parseEmail(r.Email)
	if err != nil {
		errs.Add("email", "%v", err)
	}
	errs.Text("name", r.Name, 1, 100)
	s.Passwords.Check(&errs, "password", r.Password)
	if err := errs.Err(); err != nil {
		return User{}, err
	}
	hash, err := s.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return User{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("make user id: %w", err)
	}
	now := s.now()
	u := User{
		ID: id, Email: email, Name: r.Name, PasswordHash: hash,
		Role: role, Active: true, CreatedAt: now, UpdatedAt: now,
	}
	if err := s.Store.Create(ctx, u); err != nil {
		return User{}, err
	}
	return u, nil
}

// now is the present as a store keeps it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
