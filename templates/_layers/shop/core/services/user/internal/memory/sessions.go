package memory

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

// Sessions keeps sessions and the hashes of their refresh tokens. The zero value
// is empty and ready for use.
type Sessions struct {
	mu       sync.Mutex
	sessions map[uuid.UUID]session
	tokens   map[auth.TokenHash]token
}

type session struct {
	auth.Session
	ended bool
}

type token struct {
	sessionID uuid.UUID
	used      bool
}

var _ auth.Sessions = (*Sessions)(nil)

// Create implements auth.Sessions.
func (s *Sessions) Create(_ context.Context, created auth.Session, hash auth.TokenHash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions == nil {
		s.sessions = make(map[uuid.UUID]session)
		s.tokens = make(map[auth.TokenHash]token)
	}
	created.CreatedAt = moment(created.CreatedAt)
	created.ExpiresAt = moment(created.ExpiresAt)
	s.forgetExpired(created.UserID, created.CreatedAt)
	s.sessions[created.ID] = session{Session: created}
	s.tokens[hash] = token{sessionID: created.ID}
	return nil
}

// Rotate implements auth.Sessions.
func (s *Sessions) Rotate(_ context.Context, old, next auth.TokenHash, now time.Time) (auth.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.tokens[old]
	if !known {
		return auth.Session{}, fmt.Errorf("rotate refresh token: %w", auth.ErrTokenInvalid)
	}
	if t.used {
		s.end(t.sessionID)
		return auth.Session{}, fmt.Errorf("rotate refresh token: %w", auth.ErrTokenReused)
	}
	current := s.sessions[t.sessionID]
	if current.ended || !now.Before(current.ExpiresAt) {
		return auth.Session{}, fmt.Errorf("rotate refresh token: %w", auth.ErrTokenInvalid)
	}
	s.tokens[old] = token{sessionID: t.sessionID, used: true}
	s.tokens[next] = token{sessionID: t.sessionID}
	return current.Session, nil
}

// End implements auth.Sessions.
func (s *Sessions) End(_ context.Context, hash auth.TokenHash, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, known := s.tokens[hash]; known {
		s.end(t.sessionID)
	}
	return nil
}

func (s *Sessions) end(id uuid.UUID) {
	ended := s.sessions[id]
	ended.ended = true
	s.sessions[id] = ended
}

// forgetExpired keeps a process that runs for months from growing with every
// log-in.
func (s *Sessions) forgetExpired(userID uuid.UUID, now time.Time) {
	expired := func(id uuid.UUID) bool {
		found := s.sessions[id]
		return found.UserID == userID && found.ExpiresAt.Before(now)
	}
	maps.DeleteFunc(s.tokens, func(_ auth.TokenHash, t token) bool { return expired(t.sessionID) })
	maps.DeleteFunc(s.sessions, func(id uuid.UUID, _ session) bool { return expired(id) })
}
