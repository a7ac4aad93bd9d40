package tests

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/apitest"
	"example.com/app/platform/identity"
)

// shop is the whole shop, as processes.
type shop struct {
	programs   string // the folder of the programs
	url        string // of the gateway
	contract   *apitest.Contract
	payments   string // URL of the payment provider
	natsURL    string
	productURL []string          // of each replica, without the gateway
	settings   map[string]string // of every program
	database   map[string]string // URL by service

	nats, sandbox, gateway *process
	user, product, order   []*process
}

// startShop starts the shop with so many replicas of each service, each with a database of
// its own that is gone after the test.
func startShop(tb testing.TB, replicas int, extra map[string]string) *shop {
	tb.Helper()
	admin := os.Getenv("TEST_DATABASE_URL")
	if admin == "" {
		tb.Skip("needs PostgreSQL: set TEST_DATABASE_URL")
	}
	s := &shop{programs: build(tb), database: make(map[string]string)}
	s.startOutside(tb)
	for _, service := range []string{"user", "product", "order"} {
		s.database[service] = newDatabase(tb, admin, service)
		s.command(tb, service, "migrate", "up")
	}
	maps.Copy(s.settings, extra)
	upstreams := make(map[string]string)
	for service, processes := range map[string]*[]*process{"user": &s.user, "product": &s.product, "order": &s.order} {
		var urls []string
		for range replicas {
			address := freeAddress(tb)
			urls = append(urls, "http://"+address)
			*processes = append(*processes, start(tb, service, filepath.Join(s.programs, service), s.env(service, "HTTP_ADDR="+address), "serve"))
		}
		for _, u := range urls {
			eventually(tb, service+" is ready", patience, ready(u))
		}
		upstreams[service] = strings.Join(urls, ",")
		if service == "product" {
			s.productURL = urls
		}
	}
	s.gateway = start(tb, "gateway", filepath.Join(s.programs, "gateway"), s.env("gateway",
		"HTTP_ADDR="+strings.TrimPrefix(s.url, "http://"),
		"USER_URL="+upstreams["user"], "PRODUCT_URL="+upstreams["product"], "ORDER_URL="+upstreams["order"]), "serve")
	eventually(tb, "the gateway is ready", patience, ready(s.url))
	s.contract = publishedContract(tb, s.url)
	return s
}

// publishedContract is what the gateway tells everybody of its API.
func publishedContract(tb testing.TB, gateway string) *apitest.Contract {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, gateway+"/openapi.yaml", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	spec, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	contract, err := apitest.Load(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return contract
}

// startOutside starts what does not belong to the shop, and makes the settings.
func (s *shop) startOutside(tb testing.TB) {
	tb.Helper()
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails
	gate, err := identity.NewGate(seed, time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	natsAddress, payments, gateway := freeAddress(tb), freeAddress(tb), freeAddress(tb)
	s.url, s.payments, s.natsURL = "http://"+gateway, "http://"+payments, "nats://"+natsAddress
	s.settings = map[string]string{
		"LOG_LEVEL":           "info",
		"NATS_URL":            s.natsURL,
		"JWT_SECRET":          rand.Text() + rand.Text(),
		"IDENTITY_KEY":        base64.StdEncoding.EncodeToString(seed),
		"IDENTITY_PUBLIC_KEY": base64.StdEncoding.EncodeToString(gate.PublicKey()),
		"PAYMENT_URL":         s.payments,
		"PAYMENT_KEY":         rand.Text() + rand.Text(),
		"PAYMENT_SECRET":      rand.Text() + rand.Text(),
		"PAYMENT_NOTIFY_URL":  s.url + "/webhooks/payments",
		"RATE_LIMIT_IP":       "1000000/s",
		"RATE_LIMIT_ACCOUNT":  "1000000/s",
		"RATE_LIMIT_LOGIN":    "1000000/s",
	}
	_, port, err := net.SplitHostPort(natsAddress)
	if err != nil {
		tb.Fatal(err)
	}
	s.nats = start(tb, "nats", os.Args[0], []string{natsVariable + "=" + tb.TempDir(), natsVariable + "_PORT=" + port})
	s.sandbox = start(tb, "sandbox", filepath.Join(s.programs, "sandbox"), s.env("", "HTTP_ADDR="+payments), "serve")
}

// env is the settings of a service.
func (s *shop) env(service string, more ...string) []string {
	var env []string
	for key, value := range s.settings {
		env = append(env, key+"="+value)
	}
	if database, ok := s.database[service]; ok {
		env = append(env, "DATABASE_URL="+database)
	}
	return append(env, more...)
}

// command runs a command of a service and returns what it prints.
func (s *shop) command(tb testing.TB, service string, args ...string) string {
	tb.Helper()
	command := exec.CommandContext(tb.Context(), filepath.Join(s.programs, service), args...)
	command.Env = append(os.Environ(), s.env(service)...)
	output, err := command.CombinedOutput()
	if err != nil {
		tb.Fatalf("%s %v: %v\n%s", service, args, err, output)
	}
	return string(output)
}

// newDatabase returns the URL of an empty database, which is dropped after the test.
func newDatabase(tb testing.TB, admin, service string) string {
	tb.Helper()
	name := "shop_" + service + "_" + strings.ToLower(rand.Text()[:10])
	execute := func(ctx context.Context, sql string) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		connection, err := pgx.Connect(ctx, admin)
		if err != nil {
			tb.Fatalf("connect to TEST_DATABASE_URL: %v", err)
		}
		defer connection.Close(ctx)
		if _, err := connection.Exec(ctx, sql); err != nil {
			tb.Fatal(err)
		}
	}
	execute(tb.Context(), "CREATE DATABASE "+name)
	tb.Cleanup(func() { execute(context.WithoutCancel(tb.Context()), "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		tb.Fatal("TEST_DATABASE_URL is no URL")
	}
	u.Path = "/" + name
	return u.String()
}

// query returns one number of a service's database.
func (s *shop) query(tb testing.TB, service, sql string) int {
	tb.Helper()
	connection, err := pgx.Connect(tb.Context(), s.database[service])
	if err != nil {
		tb.Fatal(err)
	}
	defer connection.Close(tb.Context())
	var n int
	if err := connection.QueryRow(tb.Context(), sql).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}
