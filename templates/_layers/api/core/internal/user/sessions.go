package user

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
	u, err := s.byEmail(ctx, email)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Tokens{}, err
	}
	// Without an account there is no hash, and the comparison fails after its time.
	matches, err := s.Passwords.Matches(ctx, u.PasswordHash, password)
	if err != nil {
		return Tokens{}, err
	}
	if !matches || !u.Active {
		return Tokens{}, ErrWrongCredential
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Tokens{}, fmt.Errorf("make session id: %w", err)
	}
	now := s.now()
	session := auth.Session{ID: id, UserID: u.ID, Epoch: u.Epoch, CreatedAt: now, ExpiresAt: now.Add(s.SessionLife)}
	refresh := auth.NewRefreshToken()
	if err := s.Sessions.Create(ctx, session, refresh.Hash()); err != nil {
		return Tokens{}, err
	}
	return s.tokens(u, refresh)
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
	u, err := s.current(ctx, auth.Identity{UserID: session.UserID, Epoch: session.Epoch})
	if err != nil {
		return Tokens{}, err
	}
	return s.tokens(u, next)
}

// LogOut ends the session of a refresh token. Its access token lives on until it
// expires.
func (s *Service) LogOut(ctx context.Context, token auth.RefreshToken) error {
	return s.Sessions.End(ctx, token.Hash(), s.now())
}

// LogOutEverywhere ends all sessions and all access tokens of the actor at once.
func (s *Service) LogOutEverywhere(ctx context.Context, actor auth.Actor) error {
	if _, err := s.Policy.Scope(actor, auth.UseAccount); err != nil {
		return err
	}
	return s.Store.NewEpoch(ctx, actor.ID, s.now())
}

// Authenticate turns an access token into the actor it was issued to. It reads
// the account, so that a deactivation, a new role or a log-out everywhere counts
// from the next request on. It returns auth.ErrTokenInvalid.
func (s *Service) Authenticate(ctx context.Context, accessToken string) (auth.Actor, error) {
	id, err := s.Signer.Verify(accessToken)
	if err != nil {
		return auth.Actor{}, err
	}
	u, err := s.current(ctx, id)
	if err != nil {
		return auth.Actor{}, err
	}
	return u.Actor(), nil
}

// byEmail returns ErrNotFound for what is no address, too: PostgreSQL would fail
// at a text with a NUL.
func (s *Service) byEmail(ctx context.Context, email string) (User, error) {
	email, err := parseEmail(email)
	if err != nil {
		return User{}, ErrNotFound
	}
	return s.Store.ByEmail(ctx, email)
}

// current returns the account of an identity that is still good, or
// auth.ErrTokenInvalid.
func (s *Service) current(ctx context.Context, id auth.Identity) (User, error) {
	u, err := s.Store.Get(ctx, id.UserID)
	switch {
	case errors.Is(err, ErrNotFound):
		return User{}, auth.ErrTokenInvalid
	case err != nil:
		return User{}, err
	case !u.Active || u.Epoch != id.Epoch:
		return User{}, auth.ErrTokenInvalid
	}
	return u, nil
}

func (s *Service) tokens(u User, refresh auth.RefreshToken) (Tokens, error) {
	access, life, err := s.Signer.Sign(auth.Identity{UserID: u.ID, Epoch: u.Epoch})
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{Access: access, AccessLife: life, Refresh: refresh}, nil
}
