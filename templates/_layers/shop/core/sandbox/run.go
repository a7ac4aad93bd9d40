package sandbox

import (
	"context"
	"net"
	"net/http"
	"time"

	"example.com/app/internal/env"
	"example.com/app/internal/server"
	"example.com/app/platform/app"
)

// Name of the program.
const Name = "sandbox"

// Commands returns what the program does.
func Commands() []app.Command {
	return []app.Command{
		{Name: "serve", Usage: "serve                   take charges; what the program alone does", Run: serve},
		app.Healthcheck(),
	}
}

const minSecretBytes = 32

func serve(ctx context.Context, env app.Env, args []string) error {
	if err := app.NoArgs(args); err != nil {
		return err
	}
	base, cfg, err := load(env.Getenv)
	if err != nil {
		return err
	}
	process, err := app.OpenProcess(ctx, Name, base, env.Err)
	if err != nil {
		return err
	}
	defer process.Close(ctx)
	return Serve(ctx, process, cfg, nil)
}

// Config is what provider and shop share.
type Config struct {
	Key    []byte // PAYMENT_KEY: by which the shop says who it is
	Secret []byte // PAYMENT_SECRET: signs notifications
}

func load(getenv func(string) string) (app.Base, Config, error) {
	r := &env.Reader{Getenv: getenv}
	base := app.LoadBase(r)
	cfg := Config{
		Key:    r.Secret("PAYMENT_KEY", true, minSecretBytes),
		Secret: r.Secret("PAYMENT_SECRET", true, minSecretBytes),
	}
	return base, cfg, r.Err()
}

// Serve takes charges until ctx is done, at the listener or, where that is nil, at
// HTTP_ADDR.
func Serve(ctx context.Context, process *app.Process, cfg Config, listener net.Listener) error {
	const deliveryTime = 5 * time.Second
	provider := New(cfg.Key, cfg.Secret, &http.Client{Timeout: deliveryTime}, process.Logger)
	return process.Serve(ctx, app.Service{Handler: provider.Handler(), Tasks: []server.Task{provider.Run}}, listener)
}
