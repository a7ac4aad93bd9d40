package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/field"
)

// Bounds of a password. bcrypt reads 72 bytes and no more: a longer password is
// refused, as cutting it off would accept every other end.
const (
	MinPasswordChars = 12
	MaxPasswordBytes = 72
)

// Passwords hashes and compares passwords with bcrypt. As that is meant to take
// long, and anybody may ask for it, it leaves some of the processors to the rest of
// the program: whoever comes when the others are busy waits.
type Passwords struct {
	cost  int
	decoy []byte
	turns chan struct{} // one for each password that may be hashed at the same time
}

// NewPasswords hashes with the cost given; bcrypt.DefaultCost is one to start
// from, and bcrypt.MinCost is for tests alone.
func NewPasswords(cost int) (*Passwords, error) {
	decoy, err := bcrypt.GenerateFromPassword([]byte(rand.Text()), cost)
	if err != nil {
		return nil, fmt.Errorf("hash decoy password: %w", err)
	}
	turns := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))
	return &Passwords{cost: cost, decoy: decoy, turns: turns}, nil
}

// Check adds to errs what makes password unacceptable as the field called name.
func (*Passwords) Check(errs *field.Errors, name, password string) {
	if len(password) > MaxPasswordBytes {
		errs.Add(name, "must have at most %d bytes", MaxPasswordBytes)
		return
	}
	errs.Text(name, password, MinPasswordChars, MaxPasswordBytes)
}

// takeTurn waits until a password may be hashed, or ctx is done.
func (p *Passwords) takeTurn(ctx context.Context) (end func(), err error) {
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	return func() { <-p.turns }, nil
}

// Hash returns the form in which a password may be stored.
func (p *Passwords) Hash(ctx context.Context, password string) ([]byte, error) {
	end, err := p.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), p.cost)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Matches compares in a time that does not depend on the result. Without a hash
// it compares with one that no password matches, and takes as long, so that the
// time of an answer does not tell whether an account exists.
func (p *Passwords) Matches(ctx context.Context, hash []byte, password string) (bool, error) {
	end, err := p.takeTurn(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	known := len(hash) > 0
	if !known {
		hash = p.decoy
	}
	if len(password) > MaxPasswordBytes {
		password = password[:MaxPasswordBytes]
		known = false
	}
	switch err := bcrypt.CompareHashAndPassword(hash, []byte(password)); {
	case err == nil:
		return known, nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	default:
		return false, fmt.Errorf("compare password: %w", err)
	}
}
