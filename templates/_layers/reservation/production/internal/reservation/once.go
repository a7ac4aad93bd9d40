package reservation

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
)

// ErrKeyReused means that a key came before with another request.
var ErrKeyReused = errors.New("reservation: idempotency key used for another request")

// KeyLife is how long a key is remembered at least.
const KeyLife = 24 * time.Hour

// Key stands for one wish of a user, however often it is sent.
type Key struct {
	UserID  uuid.UUID
	Value   string
	Request [sha256.Size]byte // the digest of what is asked for
	At      time.Time
}

// Keys remembers what was done for which key.
type Keys interface {
	// Once calls create with the store to use, and remembers what it returns, in
	// one transaction with what it stores. If that was done for the key before, it
	// returns what was returned then, without a call, or ErrKeyReused when the
	// request was another. Of two calls with one key at once, the second waits for
	// the first. An error of create is returned and not remembered: nothing was
	// stored, and the next call tries again.
	Once(ctx context.Context, k Key, create func(Store) (Reservation, error)) (Reservation, error)
}

// CreateOnce is Create, except that the same key brings the same reservation,
// however often it is called: a client that got no answer may ask again. It
// returns what Create does, or ErrKeyReused.
func (s *Service) CreateOnce(ctx context.Context, keys Keys, key string, actor auth.Actor, d Details) (Reservation, error) {
	// Before anything is looked up: a guest has no keys.
	if _, err := s.Policy.Scope(actor, auth.CreateReservations); err != nil {
		return Reservation{}, err
	}
	request, err := digest(d)
	if err != nil {
		return Reservation{}, err
	}
	k := Key{UserID: actor.ID, Value: key, Request: request, At: s.now()}
	return keys.Once(ctx, k, func(store Store) (Reservation, error) {
		within := *s
		within.Store = store
		return within.Create(ctx, actor, d)
	})
}

// digest is the same for details that mean the same.
func digest(d Details) ([sha256.Size]byte, error) {
	d.Period = Period{Start: d.Period.Start.UTC(), End: d.Period.End.UTC()}
	text, err := json.Marshal(d)
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("digest request: %w", err)
	}
	return sha256.Sum256(text), nil
}
