package user

import (
	"context"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// Me returns the actor's own account.
func (s *Service) Me(ctx context.Context, actor auth.Actor) (User, error) {
	if _, err := s.Policy.Scope(actor, auth.UseAccount); err != nil {
		return User{}, err
	}
	return s.Store.Get(ctx, actor.ID)
}

// ChangePassword ends all sessions and access tokens of the actor, as whoever
// changes a password may fear that somebody else has one. It returns
// ErrWrongPassword, field.Errors, or ErrEpochOver when another change came first.
func (s *Service) ChangePassword(ctx context.Context, actor auth.Actor, current, next string) error {
	if _, err := s.Policy.Scope(actor, auth.UseAccount); err != nil {
		return err
	}
	var errs field.Errors
	s.Passwords.Check(&errs, "new_password", next)
	if err := errs.Err(); err != nil {
		return err
	}
	u, err := s.Store.Get(ctx, actor.ID)
	if err != nil {
		return err
	}
	matches, err := s.Passwords.Matches(ctx, u.PasswordHash, current)
	if err != nil {
		return err
	}
	if !matches {
		return ErrWrongPassword
	}
	hash, err := s.Passwords.Hash(ctx, next)
	if err != nil {
		return err
	}
	return s.Store.SetPassword(ctx, u.ID, u.Epoch, hash, s.now())
}

// List returns one page of all accounts.
func (s *Service) List(ctx context.Context, actor auth.Actor, q Query) (page.List[User], error) {
	if _, err := s.Policy.Scope(actor, auth.ManageAccounts); err != nil {
		return page.List[User]{}, err
	}
	return s.Store.List(ctx, q)
}

// Get returns an account, or ErrNotFound.
func (s *Service) Get(ctx context.Context, actor auth.Actor, id uuid.UUID) (User, error) {
	if _, err := s.Policy.Scope(actor, auth.ManageAccounts); err != nil {
		return User{}, err
	}
	return s.Store.Get(ctx, id)
}

// Change sets the role of an account, deactivates it or activates it again. It
// returns ErrNotFound, field.Errors, or ErrLastAdmin: somebody must be left who
// can undo it.
func (s *Service) Change(ctx context.Context, actor auth.Actor, id uuid.UUID, c Change) (User, error) {
	if _, err := s.Policy.Scope(actor, auth.ManageAccounts); err != nil {
		return User{}, err
	}
	if c.Role != nil && !c.Role.Valid() {
		return User{}, field.Errors{{Name: "role", Message: "must be user or admin"}}
	}
	return s.Store.Change(ctx, id, c, s.now())
}
