package token

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/phasekit/scaffold/internal/github"
)

// Store keeps a token for each host: in the system's keyring, or in a file that
// only the user can read where there is no keyring.
type Store struct {
	// Getenv says where the file is.
	Getenv func(string) string
	// Read and Write are how long the keyring may take: 3 s and 30 s by default,
	// since the system may ask for a password before it takes a token.
	Read, Write time.Duration
}

// What goes wrong with a store.
var (
	ErrNoKeyring   = errors.New("token: no system keyring can be used")
	ErrKeyringSlow = errors.New("token: the system keyring does not answer")
	ErrExposed     = errors.New("token: the file can be read by others")
	ErrCorrupt     = errors.New("token: the file is damaged")
)

// Saved says where a token was stored.
type Saved struct {
	Where string // "the system keyring", or the path of a file
	Plain bool   // the file is protected by its mode alone
}

// Load returns the token of the host. Its error wraps ErrNone where none is
// stored, ErrKeyringSlow where that cannot be known, and ErrExposed or
// ErrCorrupt where the file is at fault; the Token has its Source then.
func (s Store) Load(ctx context.Context, host github.Host) (Token, error) {
	var value string
	err := ask(ctx, s.Read, 3*time.Second, func() (err error) {
		value, err = keyring.Get(service(host), account)
		return err
	})
	if err == nil {
		return loaded(value, FromKeyring)
	}
	if ctx.Err() != nil {
		return Token{Source: FromKeyring}, err
	}
	tokens, fileErr := s.readFile()
	if fileErr != nil {
		return Token{Source: FromFile}, fileErr
	}
	if value := tokens[host.Name]; value != "" {
		return loaded(value, FromFile)
	}
	if errors.Is(err, ErrKeyringSlow) {
		return Token{Source: FromKeyring}, err
	}
	return Token{}, ErrNone
}

func loaded(value string, source Source) (Token, error) {
	t, err := check(value, source)
	if err == nil && t.Value == "" {
		err = ErrNone
	}
	return t, err
}

// Save stores the token of the host in the place of an earlier one.
func (s Store) Save(ctx context.Context, host github.Host, value string) (Saved, error) {
	if _, err := loaded(value, "the server"); err != nil {
		return Saved{}, err
	}
	err := ask(ctx, s.Write, 30*time.Second, func() error {
		return keyring.Set(service(host), account, value)
	})
	if err == nil {
		_, _ = s.deleteFromFile(host) // an older one, which the keyring's comes before anyway
		return Saved{Where: "the system keyring"}, nil
	}
	if ctx.Err() != nil {
		return Saved{}, err
	}
	path, err := s.writeFile(host, value)
	return Saved{Where: path, Plain: true}, err
}

// Delete removes the token of the host from wherever Save stores it, and says
// from where it was removed. Its error is ErrNoKeyring or ErrKeyringSlow where
// only the file could be looked at.
func (s Store) Delete(ctx context.Context, host github.Host) ([]Source, error) {
	var from []Source
	err := ask(ctx, s.Write, 30*time.Second, func() error {
		return keyring.Delete(service(host), account)
	})
	if err == nil {
		from = append(from, FromKeyring)
	}
	if errors.Is(err, keyring.ErrNotFound) {
		err = nil
	}
	removed, fileErr := s.deleteFromFile(host)
	if removed {
		from = append(from, FromFile)
	}
	if fileErr != nil {
		return from, fileErr
	}
	return from, err
}

// account is the keyring's user name: scaffold keeps one token for each host.
const account = "scaffold"

func service(host github.Host) string { return "scaffold:" + host.Name }

// ask calls the keyring, whose library cannot be told to stop: where it does not
// answer within the limit, or by default, or before ctx ends, it is left behind.
// What the library says is replaced by ErrNoKeyring, unless it is ErrNotFound.
func ask(ctx context.Context, limit, byDefault time.Duration, call func() error) error {
	if limit == 0 {
		limit = byDefault
	}
	answer := make(chan error, 1)
	go func() { answer <- call() }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-answer:
		if err == nil || errors.Is(err, keyring.ErrNotFound) {
			return err
		}
		return ErrNoKeyring
	case <-timer.C:
		return fmt.Errorf("%w within %s", ErrKeyringSlow, limit)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// modes reports whether files have modes that keep others out.
func modes() bool { return runtime.GOOS != "windows" }
