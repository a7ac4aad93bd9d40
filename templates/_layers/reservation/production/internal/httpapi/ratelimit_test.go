package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/httpapi"
	"example.com/app/internal/limit"
	"example.com/app/internal/memory"
	"example.com/app/internal/outage"
)

// decisions counts what limits decide.
type decisions struct {
	mu    sync.Mutex
	count map[string]int // such as "ip false"
}

func (d *decisions) observe(policy string, allowed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count == nil {
		d.count = make(map[string]int)
	}
	d.count[fmt.Sprint(policy, " ", allowed)]++
}

// newLimitedService serves an API with limits until the end of the test.
func newLimitedService(t *testing.T, l httpapi.Limits) *service {
	t.Helper()
	return newService(t, memoryStores(), func(o *httpapi.Options) { o.Limits = l })
}

// generous allows so much that no test reaches it.
const generous = 1_000_000

func limits(ip, account, logIn int, d *decisions) httpapi.Limits {
	policy := func(name string, quota int) limit.Policy {
		return limit.Policy{Name: name, Quota: quota, Window: time.Minute}
	}
	return httpapi.Limits{
		Store: &memory.Limits{Now: func() time.Time { return monday }},
		IP:    policy("ip", ip), Account: policy("account", account), LogIn: policy("login", logIn), Mail: policy("mail", generous),
		Observed: d.observe,
	}
}

// Every operation under /v1 turns away who asks too often, before anything else.
func TestEveryOperationIsLimited(t *testing.T) {
	t.Parallel()
	s := newLimitedService(t, limits(1, generous, generous, new(decisions)))
	s.send(t, guest, "GET /v1/rooms", nil).want(t, 200)
	for _, op := range document.Operations() {
		if !strings.HasPrefix(op.Path, "/v1/") {
			continue
		}
		s.send(t, guest, policyOf(t, op).line, "{").wantProblem(t, 429, "rate-limited").wantHeader(t, "Retry-After", "60").
			wantHeader(t, "RateLimit-Policy", `"ip";q=1;w=60`).wantHeader(t, "RateLimit", `"ip";r=0;t=60`)
	}
}

func TestRemainingRequests(t *testing.T) {
	t.Parallel()
	d := new(decisions)
	s := newLimitedService(t, limits(3, generous, generous, d))
	for _, left := range []string{`"ip";r=2;t=20`, `"ip";r=1;t=20`, `"ip";r=0;t=20`} {
		s.send(t, guest, "GET /v1/rooms", nil).want(t, 200).wantHeader(t, "RateLimit", left).
			wantHeader(t, "RateLimit-Policy", `"ip";q=3;w=60`).wantHeader(t, "Retry-After", "")
	}
	s.send(t, guest, "GET /v1/rooms", nil).wantProblem(t, 429, "rate-limited").wantHeader(t, "Retry-After", "20")
	if d.count["ip true"] != 3 || d.count["ip false"] != 1 {
		t.Errorf("decisions = %v, want 3 times yes and once no", d.count)
	}
}

// What is not part of the API is for monitors and readers, and is not counted.
func TestHealthIsNotLimited(t *testing.T) {
	t.Parallel()
	s := newLimitedService(t, limits(1, 1, 1, new(decisions)))
	for range 3 {
		for _, path := range []string{"/healthz", "/readyz", "/openapi.yaml", "/docs"} {
			s.send(t, guest, "GET "+path, nil).want(t, 200)
		}
	}
}

func TestAccountsAreLimitedApart(t *testing.T) {
	t.Parallel()
	s := newLimitedService(t, limits(generous, 2, generous, new(decisions)))
	for _, by := range []account{s.ann, s.bob} {
		for range 2 {
			s.send(t, by, "GET /v1/me", nil).want(t, 200)
		}
		s.send(t, by, "GET /v1/me", nil).wantProblem(t, 429, "rate-limited").wantHeader(t, "Retry-After", "30")
		s.send(t, by, "GET /v1/rooms", nil).want(t, 200)
	}
}

// Both allowances are told, that of the address first.
func TestTwoAllowances(t *testing.T) {
	t.Parallel()
	s := newLimitedService(t, limits(10, 5, generous, new(decisions)))
	got := s.send(t, s.ann, "GET /v1/me", nil).want(t, 200)
	want := `"ip";r=9;t=6, "account";r=4;t=12`
	if all := strings.Join(got.header.Values("RateLimit"), ", "); all != want {
		t.Errorf("RateLimit: %s, want %s", all, want)
	}
}

func TestLogInIsLimitedByAddress(t *testing.T) {
	t.Parallel()
	s := newLimitedService(t, limits(generous, generous, 3, new(decisions)))
	for i := range 3 {
		credentials := object{"email": "absent" + strconv.Itoa(i) + "@example.com", "password": "wrong"}
		s.send(t, guest, "POST /v1/auth/login", credentials).wantProblem(t, 401, "wrong-credentials")
	}
	for _, line := range []string{"POST /v1/auth/login", "POST /v1/auth/register"} {
		s.send(t, guest, line, object{}).wantProblem(t, 429, "rate-limited")
	}
	s.send(t, guest, "GET /v1/rooms", nil).want(t, 200)
}

// Somebody who tries one account's passwords from everywhere gets no further.
func TestLogInIsLimitedByAccount(t *testing.T) {
	t.Parallel()
	const quota = 3
	d := new(decisions)
	l := limits(generous, generous, quota, d)
	s := newLimitedService(t, httpapi.Limits{
		Store: emailsOnly{l.Store}, IP: l.IP, Account: l.Account, LogIn: l.LogIn, Observed: d.observe,
	})
	for i := range quota + 1 {
		email := s.ann.email
		if i%2 == 1 {
			email = strings.ToUpper(email)
		}
		got := s.send(t, guest, "POST /v1/auth/login", object{"email": email, "password": "wrong"})
		if i < quota {
			got.wantProblem(t, 401, "wrong-credentials")
		} else {
			got.wantProblem(t, 429, "rate-limited")
		}
	}
	s.send(t, guest, "POST /v1/auth/login", object{"email": s.bob.email, "password": password}).want(t, 200)
}

// A token must not be good for guessing its account's password.
func TestPasswordChangesAreLimited(t *testing.T) {
	t.Parallel()
	const quota = 3
	s := newLimitedService(t, limits(generous, generous, quota, new(decisions)))
	guess := object{"current_password": "wrong", "new_password": "correct horse battery"}
	for range quota {
		s.send(t, s.ann, "PUT /v1/me/password", guess).wantProblem(t, 403, "wrong-password")
	}
	s.send(t, s.ann, "PUT /v1/me/password", guess).wantProblem(t, 429, "rate-limited")
	s.send(t, s.bob, "PUT /v1/me/password", guess).wantProblem(t, 403, "wrong-password")
}

// Every change that an e-mail tells about counts, whether it can be made or not.
func TestMailIsLimited(t *testing.T) {
	t.Parallel()
	l := limits(generous, generous, generous, new(decisions))
	l.Mail.Quota = 1
	nowhere := uuid.NewString()
	for _, line := range []string{"POST /v1/reservations", "PATCH /v1/reservations/" + nowhere, "POST /v1/reservations/" + nowhere + "/cancel"} {
		s := newLimitedService(t, l)
		for _, by := range []account{s.ann, s.bob} {
			if first := s.send(t, by, line, object{}); first.status == 429 {
				t.Errorf("%s = 429 at the first time", line)
			}
			s.send(t, by, line, object{}).wantProblem(t, 429, "rate-limited")
		}
	}
}

// emailsOnly counts as if each request came from an address of its own.
type emailsOnly struct{ limit.Store }

func (e emailsOnly) Take(ctx context.Context, p limit.Policy, key string) (limit.Decision, error) {
	if strings.HasPrefix(key, "email:") {
		if strings.Contains(key, "@") {
			return limit.Decision{}, fmt.Errorf("the key %q holds an address", key)
		}
		return e.Store.Take(ctx, p, key)
	}
	return limit.Decision{Allowed: true}, nil
}

// silent is a store of limits that is away.
type silent struct{}

func (silent) Take(context.Context, limit.Policy, string) (limit.Decision, error) {
	return limit.Decision{}, outage.ErrUnavailable
}

func TestLimitsAway(t *testing.T) {
	t.Parallel()
	l := limits(1, 1, 1, new(decisions))
	l.Store = silent{}
	s := newLimitedService(t, l)
	s.send(t, guest, "GET /v1/rooms", nil).wantProblem(t, http.StatusServiceUnavailable, "unavailable")
}
