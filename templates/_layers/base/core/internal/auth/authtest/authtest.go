// Package authtest is the contract of auth.Sessions as tests. Every store passes
// them, or is none.
package authtest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/storetest"
)

// Fixture is an empty store, and a way to make the accounts that sessions belong
// to.
type Fixture struct {
	Sessions auth.Sessions
	NewUser  func(t *testing.T) uuid.UUID
}

// Run holds the stores that open returns against the contract. Each test asks
// for one of its own.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	subtests := []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"a token gives its session and the next token", rotate},
		{"an unknown token is invalid", unknown},
		{"a session ends when it expires", expired},
		{"a token that is used twice ends its session", reused},
		{"a session that is ended gives nothing more", ended},
		{"a used token ends its session, too", endedByUsed},
		{"to end what is unknown is no error", endUnknown},
		{"another session goes on", others},
		{"a log-in forgets what has expired, and nothing else", forget},
		{"two uses of one token at once", raceRotate},
		{"log-ins at once", raceCreate},
		{"a use and a log-out at once", raceEnd},
	}
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

// noon is in a zone that is not UTC and has nanoseconds, neither of which a
// store gives back.
var noon = time.Date(2030, time.March, 4, 12, 0, 0, 123_456_789, time.FixedZone("WIB", 7*60*60))

const lifetime = 24 * time.Hour

func newToken() auth.TokenHash { return auth.NewRefreshToken().Hash() }

// login starts a session and returns it as a store gives it back.
func (f Fixture) login(t *testing.T, user uuid.UUID, at time.Time) (auth.Session, auth.TokenHash) {
	t.Helper()
	token := newToken()
	session := auth.Session{ID: uuid.New(), UserID: user, Epoch: 7, CreatedAt: at, ExpiresAt: at.Add(lifetime)}
	if err := f.Sessions.Create(t.Context(), session, token); err != nil {
		t.Fatalf("Create() = %v", err)
	}
	session.CreatedAt = storetest.Exact(session.CreatedAt)
	session.ExpiresAt = storetest.Exact(session.ExpiresAt)
	return session, token
}

// use rotates a token, which must have the outcome given, and returns the next.
func (f Fixture) use(t *testing.T, name string, token auth.TokenHash, at time.Time, want error) auth.TokenHash {
	t.Helper()
	next := newToken()
	if _, err := f.Sessions.Rotate(t.Context(), token, next, at); !errors.Is(err, want) {
		t.Errorf("Rotate(%s) = error %v, want %v", name, err, want)
	}
	return next
}

func rotate(t *testing.T, f Fixture) {
	want, token := f.login(t, f.NewUser(t), noon)
	for i := range 3 {
		next := newToken()
		got, err := f.Sessions.Rotate(t.Context(), token, next, noon.Add(time.Minute))
		if err != nil || got != want {
			t.Fatalf("Rotate(token %d) = %+v, %v, want %+v", i+1, got, err, want)
		}
		token = next
	}
}

func unknown(t *testing.T, f Fixture) {
	f.login(t, f.NewUser(t), noon)
	next := f.use(t, "unknown", newToken(), noon, auth.ErrTokenInvalid)
	f.use(t, "next of unknown", next, noon, auth.ErrTokenInvalid)
}

func expired(t *testing.T, f Fixture) {
	session, token := f.login(t, f.NewUser(t), noon)
	token = f.use(t, "just in time", token, session.ExpiresAt.Add(-time.Microsecond), nil)
	f.use(t, "at the end", token, session.ExpiresAt, auth.ErrTokenInvalid)
	f.use(t, "after the end", token, session.ExpiresAt.Add(time.Hour), auth.ErrTokenInvalid)
}

func reused(t *testing.T, f Fixture) {
	_, first := f.login(t, f.NewUser(t), noon)
	second := f.use(t, "first", first, noon, nil)
	third := f.use(t, "second", second, noon, nil)
	refused := f.use(t, "first again", first, noon, auth.ErrTokenReused)
	f.use(t, "third, after the reuse", third, noon, auth.ErrTokenInvalid)
	f.use(t, "what the reuse offered", refused, noon, auth.ErrTokenInvalid)
}

func ended(t *testing.T, f Fixture) {
	_, token := f.login(t, f.NewUser(t), noon)
	for range 2 {
		if err := f.Sessions.End(t.Context(), token, noon); err != nil {
			t.Fatalf("End() = %v", err)
		}
	}
	f.use(t, "ended", token, noon, auth.ErrTokenInvalid)
}

func endedByUsed(t *testing.T, f Fixture) {
	_, first := f.login(t, f.NewUser(t), noon)
	second := f.use(t, "first", first, noon, nil)
	if err := f.Sessions.End(t.Context(), first, noon); err != nil {
		t.Fatalf("End(used) = %v", err)
	}
	f.use(t, "second, ended by the first", second, noon, auth.ErrTokenInvalid)
}

func endUnknown(t *testing.T, f Fixture) {
	_, token := f.login(t, f.NewUser(t), noon)
	if err := f.Sessions.End(t.Context(), newToken(), noon); err != nil {
		t.Errorf("End(unknown) = %v, want no error", err)
	}
	f.use(t, "another", token, noon, nil)
}

func others(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	_, stolen := f.login(t, user, noon)
	_, left := f.login(t, user, noon)
	_, kept := f.login(t, user, noon)
	f.use(t, "stolen", stolen, noon, nil)
	f.use(t, "stolen again", stolen, noon, auth.ErrTokenReused)
	if err := f.Sessions.End(t.Context(), left, noon); err != nil {
		t.Fatalf("End() = %v", err)
	}
	f.use(t, "of another session", kept, noon, nil)
}

func forget(t *testing.T, f Fixture) {
	ann, bob := f.NewUser(t), f.NewUser(t)
	_, old := f.login(t, ann, noon)
	_, recent := f.login(t, ann, noon.Add(2*time.Hour))
	_, others := f.login(t, bob, noon)
	f.login(t, ann, noon.Add(lifetime+time.Hour))

	// At noon all of them were good; only what is forgotten is not any more.
	f.use(t, "forgotten", old, noon, auth.ErrTokenInvalid)
	f.use(t, "not expired", recent, noon, nil)
	f.use(t, "of another account", others, noon, nil)
}

func raceRotate(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	for range 10 {
		_, token := f.login(t, user, noon)
		next := [2]auth.TokenHash{newToken(), newToken()}
		errs := storetest.Race(len(next), func(i int) error {
			_, err := f.Sessions.Rotate(t.Context(), token, next[i], noon)
			return err
		})
		succeeded, caught := 0, 0
		for _, err := range errs {
			switch {
			case err == nil:
				succeeded++
			case errors.Is(err, auth.ErrTokenReused):
				caught++
			}
		}
		if succeeded != 1 || caught != 1 {
			t.Fatalf("two Rotate at once = %v, want one success and one %v", errs, auth.ErrTokenReused)
		}
		f.use(t, "next, after the reuse", next[0], noon, auth.ErrTokenInvalid)
		f.use(t, "next, after the reuse", next[1], noon, auth.ErrTokenInvalid)
	}
}

func raceCreate(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	for range 8 {
		f.login(t, user, noon)
	}
	// Each of these finds the same expired sessions to forget.
	later := noon.Add(2 * lifetime)
	for _, err := range storetest.Race(8, func(int) error {
		session := auth.Session{ID: uuid.New(), UserID: user, CreatedAt: later, ExpiresAt: later.Add(lifetime)}
		return f.Sessions.Create(t.Context(), session, newToken())
	}) {
		if err != nil {
			t.Errorf("a racing Create = error %v, want none", err)
		}
	}
}

func raceEnd(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	for range 10 {
		_, token := f.login(t, user, noon)
		next := newToken()
		errs := storetest.Race(2, func(i int) error {
			if i == 0 {
				return f.Sessions.End(t.Context(), token, noon)
			}
			_, err := f.Sessions.Rotate(t.Context(), token, next, noon)
			return err
		})
		if errs[0] != nil || errs[1] != nil && !errors.Is(errs[1], auth.ErrTokenInvalid) {
			t.Errorf("End and Rotate at once = %v, want success, or %v of Rotate", errs, auth.ErrTokenInvalid)
		}
		f.use(t, "next, after the end", next, noon, auth.ErrTokenInvalid)
	}
}
