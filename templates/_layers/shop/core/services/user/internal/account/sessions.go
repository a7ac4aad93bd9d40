package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

// Tokens are what a client gets at log-in and at each refresh.
type Tokens struct {
	Access     string
	AccessLife time.Duration
	Refresh    auth.RefreshToken
}

// LogIn starts a session. It returns ErrWrongCredential for a wrong password, an
// unknown address and a deactivated account alike, after the same time.
func (s *Service) LogIn(ctx context.Context, email, password string) (Tokens, error) {
	a, err := s.byEmail(ctx, email)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Tokens{}, err
	}
	// Without an account there is no hash, and the comparison fails after its time.
	matches, err := s.Passwords.Matches(ctx, a.PasswordHash, password)
	if err != nil {
		return Tokens{}, err
	}
	if !matches || !a.Active {
		return Tokens{}, ErrWrongCredential
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Tokens{}, fmt.Errorf("make session id: %w", err)
	}
	now := s.now()
	session := auth.Session{ID: id, UserID: a.ID, Epoch: a.Epoch, CreatedAt: now, ExpiresAt: now.Add(s.SessionLife)}
	refresh := auth.NewRefreshToken()
	if err := s.Sessions.Create(ctx, session, refresh.Hash()); err != nil {
		return Tokens{}, err
	}
	return s.tokens(a, refresh)
}

// Refresh takes a refresh token and gives new tokens for it. It returns
// auth.ErrTokenInvalid, or auth.ErrTokenReused when the token was used before:
// then the whole session has ended.
func (s *Service) Refresh(ctx context.Context, old auth.RefreshToken) (Tokens, error) {
	next := auth.NewRefreshToken()
	session, err := s.Sessions.Rotate(ctx, old.Hash(), next.Hash(), s.now())
	if err != nil {
		return Tokens{}, err
	}
	a, err := s.Store.Get(ctx, session.UserID)
	switch {
	case errors.Is(err, ErrNotFound):
		return Tokens{}, auth.ErrTokenInvalid
	case err != nil:
		return Tokens{}, err
	case !a.Active || a.Epoch != session.Epoch:
		return Tokens{}, auth.ErrTokenInvalid
	}
	return s.tokens(a, next)
}

// LogOut ends the session of a refresh token. Its access token lives on until it
// expires.
func (s *Service) LogOut(ctx context.Context, token auth.RefreshToken) error {
	return s.Sessions.End(ctx, token.Hash(), s.now())
}

// byEmail returns ErrNotFound for what is no address, too: PostgreSQL would fail
// at a text with a NUL.
func (s *Service) byEmail(ctx context.Context, email string) (Account, error) {
	email, err := parseEmail(email)
	if err != nil {
		return Account{}, ErrNotFound
	}
	return s.Store.ByEmail(ctx, email)
}

func (s *Service) tokens(a Account, refresh auth.RefreshToken) (Tokens, error) {
	access, life, err := s.Tokens.Sign(auth.Actor{ID: a.ID, Role: a.Role})
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{Access: access, AccessLife: life, Refresh: refresh}, nil
}
