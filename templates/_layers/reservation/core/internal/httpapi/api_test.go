package httpapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/crypto/bcrypt"

	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/httpapi"
	"example.com/app/internal/memory"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

const (
	accessLife  = 15 * time.Minute
	sessionLife = 24 * time.Hour
	signingKey  = "a key for tests, and for tests alone"
	password    = "correct horse battery" // of every account
)

// monday is the moment at which the clock of every test starts.
var monday = time.Date(2030, time.March, 4, 9, 0, 0, 0, time.UTC)

// clock stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// stores is where an API keeps everything.
type stores struct {
	users        user.Store
	sessions     auth.Sessions
	reservations reservation.Store
	ready        func(context.Context) error
}

func memoryStores() stores {
	return stores{
		users:        new(memory.Users),
		sessions:     new(memory.Sessions),
		reservations: new(memory.Reservations),
		ready:        func(context.Context) error { return nil },
	}
}

func postgresStores(pool *pgxpool.Pool) stores {
	return stores{
		users:        postgres.NewUsers(pool),
		sessions:     postgres.NewSessions(pool),
		reservations: postgres.NewReservations(pool),
		ready:        func(ctx context.Context) error { return database.Ready(ctx, pool) },
	}
}

// service is the API with empty stores of its own, served over HTTP, and some
// accounts that are logged in.
type service struct {
	url     string
	client  *http.Client
	clock   *clock
	users   *user.Service
	handler http.Handler

	admin, ann, bob account
}

// account is somebody who sends requests. The zero account is a guest.
type account struct {
	id    string
	email string
	token string // for the Authorization header
}

var guest account

// eachStore runs a test in parallel with others, on every kind of store. PostgreSQL is
// skipped where there is no server.
func eachStore(t *testing.T, test func(t *testing.T, s *service)) {
	t.Helper()
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, newService(t, memoryStores()))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newService(t, postgresStores(postgrestest.New(t))))
	})
}

// newService serves an API until the end of the test. Functions in change may change its
// options.
func newService(t *testing.T, kept stores, change ...func(*httpapi.Options)) *service {
	t.Helper()
	clock := &clock{now: monday}
	signer, err := auth.NewSigner([]byte(signingKey), accessLife, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	policy := auth.NewPolicy()
	users := &user.Service{
		Store: kept.users, Sessions: kept.sessions, Signer: signer, Passwords: passwords(),
		Policy: policy, SessionLife: sessionLife, Now: clock.Now,
	}
	options := httpapi.Options{
		Users:        users,
		Reservations: &reservation.Service{Store: kept.reservations, Policy: policy, Now: clock.Now},
		Ready:        kept.ready,
		Logger:       slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&options)
	}
	handler, err := httpapi.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	s := &service{url: server.URL, client: client, clock: clock, users: users, handler: handler}
	s.admin = s.newAccount(t, "admin@example.com", auth.RoleAdmin)
	s.ann = s.newAccount(t, "ann@example.com", auth.RoleUser)
	s.bob = s.newAccount(t, "bob@example.com", auth.RoleUser)
	return s
}

// passwords hashes as fast as bcrypt can.
var passwords = sync.OnceValue(func() *auth.Passwords {
	p, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return p
})

// passwordHash is of password. To hash it once for all accounts saves most of the
// time that these tests would take.
var passwordHash = sync.OnceValue(func() []byte {
	hash, err := passwords().Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

// newAccount stores an account and gives it an access token, without the API.
func (s *service) newAccount(t *testing.T, email string, role auth.Role) account {
	t.Helper()
	now := s.clock.Now()
	u := user.User{
		ID: uuid.New(), Email: email, Name: "Test", PasswordHash: passwordHash(),
		Role: role, Active: true, CreatedAt: now, UpdatedAt: now,
	}
	if err := s.users.Store.Create(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	token, _, err := s.users.Signer.Sign(auth.Identity{UserID: u.ID})
	if err != nil {
		t.Fatal(err)
	}
	return account{id: u.ID.String(), email: email, token: token}
}
