package httpapi_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
)

// refresh sends a refresh token.
func (s *service) refresh(t *testing.T, token string) answer {
	t.Helper()
	return s.send(t, guest, "POST /v1/auth/refresh", object{"refresh_token": token})
}

// wantEnded fails the test if anything of a session is still good.
func (s *service) wantEnded(t *testing.T, session tokens) {
	t.Helper()
	s.send(t, account{token: session.Access}, "GET /v1/me", nil).
		wantProblem(t, 401, "invalid-token").wantHeader(t, "WWW-Authenticate", "Bearer")
	s.refresh(t, session.Refresh).want(t, 401)
}

func TestLogIn(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		got := s.send(t, guest, "POST /v1/auth/login", object{"email": s.ann.email, "password": password}).
			want(t, 200).wantHeader(t, "Cache-Control", "no-store")
		session := decode[tokens](t, got)
		if session.Type != "Bearer" || session.Expires != int(accessLife.Seconds()) {
			t.Errorf("%s: token_type %q, expires_in %d, want Bearer, %v", got.line, session.Type, session.Expires, accessLife.Seconds())
		}
		s.send(t, account{token: session.Access}, "GET /v1/me", nil).want(t, 200)
	})
}

// Nobody can find out by logging in who has an account.
func TestFailedLogIns(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		s.send(t, s.admin, "PATCH /v1/users/"+s.bob.id, object{"active": false}).want(t, 200)
		attempts := []struct {
			name        string
			credentials object
		}{
			{"wrong password", object{"email": s.ann.email, "password": "wrong horse battery"}},
			{"unknown address", object{"email": "nobody@example.com", "password": password}},
			{"deactivated account", object{"email": s.bob.email, "password": password}},
			{"no address at all", object{"email": "ann", "password": password}},
			{"address with a NUL", object{"email": "ann\x00@example.com", "password": password}},
			{"empty password", object{"email": s.ann.email, "password": ""}},
			{"password that bcrypt would cut off", object{"email": s.ann.email, "password": password + string(make([]byte, 72))}},
		}
		var first answer
		for i, attempt := range attempts {
			got := s.send(t, guest, "POST /v1/auth/login", attempt.credentials).
				wantProblem(t, 401, "wrong-credentials").wantHeader(t, "WWW-Authenticate", "Bearer")
			got.header.Del("Date")
			if i == 0 {
				first = got
			}
			if !reflect.DeepEqual(got, first) {
				t.Errorf("%s: %v %s, want the same as for a wrong password: %v %s",
					attempt.name, got.header, got.body, first.header, first.body)
			}
		}
	})
}

// An unknown address takes as long as a wrong password: bcrypt's share of a
// request is so large that its absence would show.
//
// The test runs alone. It logs in with each address in turn, until the fastest
// attempts take a similar time: a busy machine only adds rounds.
func TestTimeOfFailedLogIns(t *testing.T) {
	s := newService(t, memoryStores())
	slow, err := auth.NewPasswords(bcrypt.MinCost + 2)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := slow.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	s.users.Passwords = slow
	for _, a := range []account{s.ann, s.bob} {
		if err := s.users.Store.SetPassword(t.Context(), uuid.MustParse(a.id), 0, hash, monday); err != nil {
			t.Fatal(err)
		}
	}
	s.send(t, s.admin, "PATCH /v1/users/"+s.bob.id, object{"active": false}).want(t, 200)

	fastest := map[string]time.Duration{}
	for round := 1; ; round++ {
		for _, email := range []string{s.ann.email, s.bob.email, "unknown@example.com", "no address"} {
			start := time.Now()
			s.send(t, guest, "POST /v1/auth/login", object{"email": email, "password": "wrong horse battery"}).want(t, 401)
			took := time.Since(start)
			if best, ok := fastest[email]; !ok || took < best {
				fastest[email] = took
			}
		}
		times := slices.Sorted(maps.Values(fastest))
		switch similar := times[len(times)-1] < 3*times[0]; {
		case similar && round >= 3:
			return
		case round == 30:
			t.Fatalf("the fastest log-in of each address took %v", fastest)
		}
	}
}

func TestRefresh(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		session := s.logIn(t, s.ann.email, password)
		for range 3 {
			got := s.refresh(t, session.Refresh).want(t, 200).wantHeader(t, "Cache-Control", "no-store")
			next := decode[tokens](t, got)
			if next.Refresh == session.Refresh || next.Access == session.Access {
				t.Fatal("POST /v1/auth/refresh: the tokens that went in, want new ones")
			}
			session = next
			s.send(t, account{token: session.Access}, "GET /v1/me", nil).want(t, 200)
		}
		for _, token := range []string{"unknown", "", session.Access} {
			s.refresh(t, token).wantProblem(t, 401, "invalid-token")
		}
	})
}

func TestReusedRefreshToken(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		other := s.logIn(t, s.ann.email, password)
		stolen := s.logIn(t, s.ann.email, password)
		newest := decode[tokens](t, s.refresh(t, stolen.Refresh).want(t, 200))
		s.refresh(t, stolen.Refresh).wantProblem(t, 401, "token-reused").wantHeader(t, "WWW-Authenticate", "Bearer")
		s.refresh(t, newest.Refresh).wantProblem(t, 401, "invalid-token")
		s.refresh(t, other.Refresh).want(t, 200)
	})
}

func TestRefreshAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		session := s.logIn(t, s.ann.email, password)
		statuses := s.race(t, 2, func(int) *http.Request {
			r, _ := s.request(t, guest, "POST /v1/auth/refresh", object{"refresh_token": session.Refresh})
			return r
		})
		if statuses[200] != 1 || statuses[401] != 1 {
			t.Errorf("two refreshes at once: %v of each status, want one 200 and one 401", statuses)
		}
	})
}

// race sends n requests at once and counts the answers by status.
func (s *service) race(t *testing.T, n int, request func(i int) *http.Request) map[int]int {
	t.Helper()
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = request(i)
	}
	var (
		running sync.WaitGroup
		start   = make(chan struct{})
		got     = make([]int, n)
	)
	for i, r := range requests {
		running.Go(func() {
			<-start
			response, err := s.client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
			got[i] = response.StatusCode
		})
	}
	close(start)
	running.Wait()
	statuses := make(map[int]int)
	for _, status := range got {
		statuses[status]++
	}
	return statuses
}

func TestLogOut(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		session, other := s.logIn(t, s.ann.email, password), s.logIn(t, s.ann.email, password)
		for _, token := range []string{session.Refresh, session.Refresh, "unknown"} {
			s.send(t, guest, "POST /v1/auth/logout", object{"refresh_token": token}).want(t, 204)
		}
		s.refresh(t, session.Refresh).wantProblem(t, 401, "invalid-token")
		s.send(t, account{token: session.Access}, "GET /v1/me", nil).want(t, 200) // until it expires
		s.refresh(t, other.Refresh).want(t, 200)
	})
}

func TestLogOutEverywhere(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		here, there := s.logIn(t, s.ann.email, password), s.logIn(t, s.ann.email, password)
		bobs := s.logIn(t, s.bob.email, password)
		s.send(t, account{token: here.Access}, "POST /v1/auth/logout-all", nil).want(t, 204)
		s.wantEnded(t, here)
		s.wantEnded(t, there)
		s.refresh(t, bobs.Refresh).want(t, 200)
		s.logIn(t, s.ann.email, password)
	})
}

func TestEndOfSession(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		session := s.logIn(t, s.ann.email, password)
		s.clock.advance(sessionLife - time.Second)
		session = decode[tokens](t, s.refresh(t, session.Refresh).want(t, 200))
		s.clock.advance(time.Second) // a refresh does not make it longer
		s.refresh(t, session.Refresh).wantProblem(t, 401, "invalid-token")
	})
}
