package httpapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"

	"example.com/app/api"
	"example.com/app/internal/apitest"
	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/platform/identity"
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/platform/web/webtest"
	"example.com/app/services/user/internal/account"
	"example.com/app/services/user/internal/httpapi"
	"example.com/app/services/user/internal/memory"
	"example.com/app/services/user/internal/postgres"
)

// document is the contract that all tests share, because what all of them have seen
// together is checked at the end.
var document *apitest.Contract

func TestMain(m *testing.M) {
	var err error
	if document, err = apitest.Load(api.User); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(document.Run(m))
}

const password = "correct horse battery"

// newAccess signs and verifies access tokens.
func newAccess(t *testing.T) *identity.Access {
	t.Helper()
	access, err := identity.NewAccess(bytes.Repeat([]byte("s"), identity.MinSecretBytes), time.Minute, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return access
}

func newAccounts(t *testing.T, store account.Store, sessions auth.Sessions) *account.Service {
	t.Helper()
	passwords, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return &account.Service{
		Store: store, Sessions: sessions, Tokens: newAccess(t), Passwords: passwords,
		Policy: account.NewPolicy(), SessionLife: time.Hour, Now: time.Now,
	}
}

func inMemory(t *testing.T) *account.Service {
	t.Helper()
	return newAccounts(t, memory.NewAccounts(outbox.NewMemory()), new(memory.Sessions))
}

func start(t *testing.T, accounts *account.Service, change ...func(*web.Options)) *webtest.Service {
	t.Helper()
	return webtest.Start(t, document, func(o web.Options) (http.Handler, error) {
		return httpapi.New(httpapi.Options{Accounts: accounts, Web: o})
	}, change...)
}

// newScene has a user with the address ann@example.com, and two admins.
func newScene(t *testing.T) webtest.Scene {
	t.Helper()
	accounts := inMemory(t)
	ann, err := accounts.Register(t.Context(), account.Registration{Email: "ann@example.com", Name: "Ann", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	var admin account.Account
	for i := range 2 {
		admin, err = accounts.CreateAdmin(t.Context(), account.Registration{Email: fmt.Sprintf("admin%d@example.com", i), Name: "Admin", Password: password})
		if err != nil {
			t.Fatal(err)
		}
	}
	tokens, err := accounts.LogIn(t.Context(), "ann@example.com", password)
	if err != nil {
		t.Fatal(err)
	}
	return webtest.Scene{
		Service: start(t, accounts),
		User:    auth.Actor{ID: ann.ID, Role: auth.RoleUser},
		Admin:   auth.Actor{ID: admin.ID, Role: auth.RoleAdmin},
		Replace: []string{"{id}", ann.ID.String(), "{refresh}", string(tokens.Refresh)},
	}
}

func TestSuite(t *testing.T) {
	webtest.Suite{
		Contract: document,
		New:      newScene,
		Start: func(t *testing.T, change ...func(*web.Options)) *webtest.Service {
			return start(t, inMemory(t), change...)
		},
		StartAway: func(t *testing.T) *webtest.Service {
			pool, err := database.Open(t.Context(), "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			return start(t, newAccounts(t, postgres.NewAccounts(pool, outbox.NewPostgres(pool)), postgres.NewSessions(pool)))
		},
		Requests: []webtest.Request{
			{Operation: "register", Line: "POST /v1/auth/register", Body: `{"email":"new@example.com","name":"New","password":"correct horse battery"}`,
				Guest: 201, User: 201, Admin: 201},
			{Operation: "logIn", Line: "POST /v1/auth/login", Body: `{"email":"ann@example.com","password":"correct horse battery"}`,
				Guest: 200, User: 200, Admin: 200},
			{Operation: "refresh", Line: "POST /v1/auth/refresh", Body: `{"refresh_token":"{refresh}"}`, Guest: 200, User: 200, Admin: 200},
			{Operation: "logOut", Line: "POST /v1/auth/logout", Body: `{"refresh_token":"{refresh}"}`, Guest: 204, User: 204, Admin: 204},
			{Operation: "getMe", Line: "GET /v1/me", Guest: 401, User: 200, Admin: 200},
			{Operation: "listUsers", Line: "GET /v1/users", Guest: 401, User: 403, Admin: 200},
			{Operation: "getUser", Line: "GET /v1/users/{id}", Guest: 401, User: 403, Admin: 200},
			{Operation: "changeUser", Line: "PATCH /v1/users/{id}", Body: `{"active":true}`, Guest: 401, User: 403, Admin: 200},
		},
	}.Run(t)
}

type person struct {
	ID     uuid.UUID `json:"id"`
	Email  string    `json:"email"`
	Role   string    `json:"role"`
	Active bool      `json:"active"`
}

func TestRegister(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	tests := []struct {
		name, body string
		fields     []string
	}{
		{"no address", `{"email":"","name":"A","password":"correct horse battery"}`, []string{"email"}},
		{"address with a name", `{"email":"A <a@example.com>","name":"A","password":"correct horse battery"}`, []string{"email"}},
		{"no name", `{"email":"a@example.com","name":"","password":"correct horse battery"}`, []string{"name"}},
		{"short password", `{"email":"a@example.com","name":"A","password":"short"}`, []string{"password"}},
		{"everything", `{"email":"a","name":"","password":""}`, []string{"email", "name", "password"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s.Send(t, auth.Actor{}, "POST /v1/auth/register", test.body).WantProblem(t, 422, "invalid-fields", test.fields...)
		})
	}
	taken := `{"email":"ANN@example.com","name":"Ann","password":"correct horse battery"}`
	s.Send(t, auth.Actor{}, "POST /v1/auth/register", taken).WantProblem(t, 409, "email-taken")
	admin := `{"email":"a@example.com","name":"A","password":"correct horse battery","role":"admin"}`
	s.Send(t, auth.Actor{}, "POST /v1/auth/register", admin).WantProblem(t, 400, "malformed-request", "role")
}

func TestLogIn(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	logIn := func(email, password string) webtest.Answer {
		return s.Send(t, auth.Actor{}, "POST /v1/auth/login", map[string]string{"email": email, "password": password})
	}
	got := webtest.Decode[struct {
		Access string `json:"access_token"`
		Life   int    `json:"expires_in"`
	}](t, logIn("Ann@Example.com", password).Want(t, 200))
	actor, err := newAccess(t).Verify(got.Access)
	if err != nil || actor != s.User || got.Life != 60 {
		t.Errorf("access token of %v (%v) for %d s, want Ann's for 60 s", actor, err, got.Life)
	}
	for _, bad := range [][2]string{{"ann@example.com", "wrong"}, {"nobody@example.com", password}, {"ann", password}, {"ann\x00@example.com", password}, {"", ""}} {
		logIn(bad[0], bad[1]).WantProblem(t, 401, "wrong-credentials")
	}
	s.Send(t, s.Admin, "PATCH /v1/users/"+s.User.ID.String(), `{"active":false}`).Want(t, 200)
	logIn("ann@example.com", password).WantProblem(t, 401, "wrong-credentials")
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	type tokens struct {
		Refresh string `json:"refresh_token"`
	}
	refresh := func(token string) webtest.Answer {
		return s.Send(t, auth.Actor{}, "POST /v1/auth/refresh", map[string]string{"refresh_token": token})
	}
	first := s.Replace[3]
	second := webtest.Decode[tokens](t, refresh(first).Want(t, 200)).Refresh
	refresh(first).WantProblem(t, 401, "token-reused")
	refresh(second).WantProblem(t, 401, "invalid-token") // the session has ended
	refresh("nonsense").WantProblem(t, 401, "invalid-token")

	another := webtest.Decode[tokens](t, s.Send(t, auth.Actor{}, "POST /v1/auth/login", map[string]string{"email": "ann@example.com", "password": password}).Want(t, 200)).Refresh
	for range 2 {
		s.Send(t, auth.Actor{}, "POST /v1/auth/logout", map[string]string{"refresh_token": another}).Want(t, 204)
	}
	refresh(another).WantProblem(t, 401, "invalid-token")
}

func TestChangeUser(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	change := func(id uuid.UUID, body string) webtest.Answer {
		return s.Send(t, s.Admin, "PATCH /v1/users/"+id.String(), body)
	}
	if got := webtest.Decode[person](t, change(s.User.ID, `{"role":"admin"}`).Want(t, 200)); got.Role != "admin" {
		t.Errorf("role = %q, want admin", got.Role)
	}
	change(s.User.ID, `{"role":"guest"}`).WantProblem(t, 422, "invalid-fields", "role")
	change(s.User.ID, `{"role":"user"}`).Want(t, 200)

	admins := webtest.Decode[struct{ Items []person }](t, s.Send(t, s.Admin, "GET /v1/users?role=admin", nil).Want(t, 200)).Items
	if len(admins) != 2 {
		t.Fatalf("admins = %v, want 2", admins)
	}
	change(admins[0].ID, `{"active":false}`).Want(t, 200)
	change(admins[1].ID, `{"role":"user"}`).WantProblem(t, 409, "last-admin")
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for query, want := range map[string]string{
		"":                   "admin0@example.com admin1@example.com ann@example.com",
		"sort=-email":        "ann@example.com admin1@example.com admin0@example.com",
		"email=ANN":          "ann@example.com",
		"role=admin":         "admin0@example.com admin1@example.com",
		"active=false":       "",
		"page_size=1&page=2": "admin1@example.com",
	} {
		var emails []string
		for _, p := range webtest.Decode[struct{ Items []person }](t, s.Send(t, s.Admin, "GET /v1/users?"+query, nil).Want(t, 200)).Items {
			emails = append(emails, p.Email)
		}
		if strings.Join(emails, " ") != want {
			t.Errorf("GET /v1/users?%s = %q, want %q", query, emails, want)
		}
	}
	s.Send(t, s.Admin, "GET /v1/users?role=king", nil).WantProblem(t, 400, "malformed-request", "role")
}

// Whose account is gone, such as after a restore, is nobody.
func TestMeOfNobody(t *testing.T) {
	t.Parallel()
	newScene(t).Send(t, webtest.NewActor(auth.RoleUser), "GET /v1/me", nil).WantProblem(t, 404, "not-found")
}
