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
	base, secret, err := load(env.Getenv)
	if err != nil {
		return err
	}
	process, err := app.OpenProcess(ctx, Name, base, env.Err)
	if err != nil {
		return err
	}
	defer process.Close(ctx)
	return Serve(ctx, process, secret, nil)
}

func load(getenv func(string) string) (app.Base, []byte, error) {
	r := &env.Reader{Getenv: getenv}
	base, secret := app.LoadBase(r), r.Secret("PAYMENT_SECRET", true, minSecretBytes)
	return base, secret, r.Err()
}

// Serve takes charges until ctx is done, at the listener or, where that is nil, at
// HTTP_ADDR.
func Serve(ctx context.Context, process *app.Process, secret []byte, listener net.Listener) error {
	const deliveryTime = 5 * time.Second
	provider := New(secret, &http.Client{Timeout: deliveryTime}, process.Logger)
	return process.Serve(ctx, app.Service{Handler: provider.Handler(), Tasks: []server.Task{provider.Run}}, listener)
}
