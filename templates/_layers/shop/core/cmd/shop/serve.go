package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/sync/errgroup"

	"example.com/app/gateway"
	"example.com/app/internal/env"
	"example.com/app/internal/limit"
	"example.com/app/platform/app"
	"example.com/app/platform/bus/embedded"
	"example.com/app/platform/identity"
	"example.com/app/sandbox"
	"example.com/app/services/order"
	"example.com/app/services/product"
	"example.com/app/services/user"
)

func serve(ctx context.Context, e app.Env, args []string) error {
	if err := app.NoArgs(args); err != nil {
		return err
	}
	r := &env.Reader{Getenv: e.Getenv}
	base := app.LoadBase(r)
	if err := r.Err(); err != nil {
		return err
	}
	listener, err := listen(ctx, base.HTTPAddr)
	if err != nil {
		return err
	}
	s, err := newShop(ctx, base, listener, e.Err)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "shop   http://%s/docs\nadmin  %s\npassword %s (for this run)\n", listener.Addr(), adminEmail, s.password)
	return s.run(ctx)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

const adminEmail = "admin@example.com"

// passwordCost is bcrypt's. Tests lower it: the race detector makes a hash 17 times slower.
var passwordCost = bcrypt.DefaultCost

// shop is the whole shop in one process. Its services know each other by HTTP and the bus,
// as they do when they are apart; only what they keep, they keep in memory.
type shop struct {
	logs     io.Writer
	base     app.Base // of each service
	gate     *identity.Gate
	seed     []byte
	bus      *embedded.Server
	password string // of the admin

	url     string // of the gateway
	tasks   []func(context.Context) error
	closers []func(context.Context)
}

// newShop assembles the shop, which is served at the listener.
func newShop(ctx context.Context, base app.Base, listener net.Listener, logs io.Writer) (_ *shop, err error) {
	s := &shop{logs: logs, base: base, seed: make([]byte, identity.SeedSize), password: rand.Text(), url: "http://" + listener.Addr().String()}
	s.base.AdminAddr = "" // the gateway has it
	defer func() {
		if err != nil {
			s.close(ctx)
		}
	}()
	_, _ = rand.Read(s.seed) // never fails
	if s.gate, err = identity.NewGate(s.seed, time.Now); err != nil {
		return nil, err
	}
	if s.bus, err = embedded.Start("", 0); err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func(context.Context) { _ = s.bus.Close() }) // its folder is temporary
	jwtSecret := []byte(rand.Text() + rand.Text())
	userURL, err := s.addUser(ctx, jwtSecret)
	if err != nil {
		return nil, err
	}
	productURL, err := s.addProduct(ctx)
	if err != nil {
		return nil, err
	}
	orderURL, err := s.addOrder(ctx)
	if err != nil {
		return nil, err
	}
	cfg := gateway.Config{
		Base: base, JWTSecret: jwtSecret, Key: s.seed,
		User: []*url.URL{userURL}, Product: []*url.URL{productURL}, Order: []*url.URL{orderURL},
		IPLimit:      limit.Policy{Name: "ip", Quota: 1200, Window: time.Minute},
		AccountLimit: limit.Policy{Name: "account", Quota: 600, Window: time.Minute},
		LogInLimit:   limit.Policy{Name: "login", Quota: 20, Window: time.Minute},
	}
	s.tasks = append(s.tasks, func(ctx context.Context) error { return gateway.Serve(ctx, cfg, listener, logs) })
	return s, nil
}

func (s *shop) addUser(ctx context.Context, jwtSecret []byte) (*url.URL, error) {
	parts, err := s.open(ctx, user.Name)
	if err != nil {
		return nil, err
	}
	service, admins, err := user.New(parts, user.Config{JWTSecret: jwtSecret, PasswordCost: passwordCost})
	if err != nil {
		return nil, err
	}
	if err := admins.CreateAdmin(ctx, adminEmail, "Admin", s.password); err != nil {
		return nil, err
	}
	return s.add(ctx, parts, service)
}

func (s *shop) addProduct(ctx context.Context) (*url.URL, error) {
	parts, err := s.open(ctx, product.Name)
	if err != nil {
		return nil, err
	}
	service, err := product.New(ctx, parts)
	if err != nil {
		return nil, err
	}
	return s.add(ctx, parts, service)
}

func (s *shop) addOrder(ctx context.Context) (*url.URL, error) {
	shared := sandbox.Config{Key: []byte(rand.Text() + rand.Text()), Secret: []byte(rand.Text() + rand.Text())}
	paymentURL, err := s.addSandbox(ctx, shared)
	if err != nil {
		return nil, err
	}
	parts, err := s.open(ctx, order.Name)
	if err != nil {
		return nil, err
	}
	service, err := order.New(parts, order.Config{
		PaymentURL: paymentURL, PaymentKey: shared.Key, PaymentSecret: shared.Secret,
		NotifyURL: s.url + "/webhooks/payments", Patience: order.DefaultPatience,
	})
	if err != nil {
		return nil, err
	}
	return s.add(ctx, parts, service)
}

func (s *shop) addSandbox(ctx context.Context, cfg sandbox.Config) (*url.URL, error) {
	process, err := app.OpenProcess(ctx, sandbox.Name, s.base, s.logs)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, process.Close)
	return s.serveAt(ctx, func(ctx context.Context, listener net.Listener) error {
		return sandbox.Serve(ctx, process, cfg, listener)
	})
}

// open returns the parts of a service that keeps everything in memory.
func (s *shop) open(ctx context.Context, name string) (*app.Parts, error) {
	parts, err := app.Open(ctx, name, app.Config{
		Base: s.base, NATSURL: s.bus.URL(), Replicas: 1, GatewayKey: s.gate.PublicKey(),
	}, s.logs)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, parts.Close)
	return parts, nil
}

func (s *shop) add(ctx context.Context, parts *app.Parts, service app.Service) (*url.URL, error) {
	return s.serveAt(ctx, func(ctx context.Context, listener net.Listener) error {
		return parts.Serve(ctx, service, listener)
	})
}

// serveAt serves at a free port of this machine, and returns the URL.
func (s *shop) serveAt(ctx context.Context, serve func(context.Context, net.Listener) error) (*url.URL, error) {
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.tasks = append(s.tasks, func(ctx context.Context) error { return serve(ctx, listener) })
	return &url.URL{Scheme: "http", Host: listener.Addr().String()}, nil
}

// run runs the shop until ctx is done, or a part of it fails.
func (s *shop) run(ctx context.Context) error {
	running, taskCtx := errgroup.WithContext(ctx)
	for _, task := range s.tasks {
		running.Go(func() error { return task(taskCtx) })
	}
	err := running.Wait()
	s.close(ctx)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (s *shop) close(ctx context.Context) {
	for _, closePart := range slices.Backward(s.closers) {
		closePart(ctx)
	}
}
