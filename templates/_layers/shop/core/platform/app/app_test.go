package app_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/env"
	"example.com/app/platform/app"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
)

const patience = 20 * time.Second

// settings are those that a service cannot do without.
func settings(more map[string]string) map[string]string {
	all := map[string]string{
		"IDENTITY_PUBLIC_KEY": base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize)),
		"HTTP_ADDR":           "127.0.0.1:0",
	}
	maps.Copy(all, more)
	return all
}

// run runs a program as its main does, and returns what it prints.
func run(ctx context.Context, commands []app.Command, vars map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = app.Run(ctx, "thing", commands, args, app.Env{
		Getenv: func(name string) string { return vars[name] }, Out: &out, Err: &errs,
	})
	return code, out.String(), errs.String()
}

func TestRun(t *testing.T) {
	t.Parallel()
	commands := []app.Command{
		{Name: "go", Usage: "go  go on", Run: func(_ context.Context, env app.Env, args []string) error {
			fmt.Fprintln(env.Out, "gone", args)
			return nil
		}},
		{Name: "fail", Usage: "fail  fail", Run: func(context.Context, app.Env, []string) error { return errors.New("one\ntwo") }},
		{Name: "strict", Usage: "strict  take nothing", Run: func(_ context.Context, _ app.Env, args []string) error { return app.NoArgs(args) }},
	}
	tests := []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{name: "the first is done without a name", stdout: "gone []\n"},
		{name: "arguments go on", args: []string{"go", "a", "b"}, stdout: "gone [a b]\n"},
		{name: "help", args: []string{"--help"}, stdout: "usage: thing [command]\n\n  go  go on\n  fail  fail\n"},
		{name: "unknown", args: []string{"stop"}, code: 2, stderr: "error: wrong usage: unknown command \"stop\"\n\nusage: thing"},
		{name: "failure", args: []string{"fail"}, code: 1, stderr: "error: one\n       two\n"},
		{name: "too much", args: []string{"strict", "a"}, code: 2, stderr: `unexpected "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run(t.Context(), commands, nil, tt.args...)
			if code != tt.code || !strings.HasPrefix(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("run(%q) = %d, %q, %q, want %d, %q, %q", tt.args, code, stdout, stderr, tt.code, tt.stdout, tt.stderr)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		vars map[string]string
		want []string // what is wrong
	}{
		{name: "what is needed"},
		{name: "three replicas", vars: map[string]string{"NATS_REPLICAS": "3"}},
		{name: "five replicas", vars: map[string]string{"NATS_REPLICAS": "5"}},
		{name: "an even number of replicas", vars: map[string]string{"NATS_REPLICAS": "2"}, want: []string{"NATS_REPLICAS must be 1, 3 or 5"}},
		{name: "a key that is none", vars: map[string]string{"IDENTITY_PUBLIC_KEY": "a2V5"}, want: []string{"IDENTITY_PUBLIC_KEY must be"}},
		{
			name: "production", vars: map[string]string{"APP_ENV": "production"},
			want: []string{"DATABASE_URL is required", "NATS_URL is required"},
		},
		{
			name: "everything at once", vars: map[string]string{"LOG_LEVEL": "loud", "HTTP_ADDR": "8080", "NATS_URL": "http://a"},
			want: []string{"LOG_LEVEL", "HTTP_ADDR", "NATS_URL"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vars := settings(tt.vars)
			r := &env.Reader{Getenv: func(name string) string { return vars[name] }}
			cfg := app.Load(r)
			err := r.Err()
			if len(tt.want) == 0 && (err != nil || cfg.NATSURL == "" || cfg.Replicas == 0) {
				t.Errorf("Load = %+v, %v", cfg, err)
			}
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("Load = %v, want %q", err, want)
				}
			}
		})
	}
}

// program is a service that does nothing but answer.
func program(handler http.Handler) app.Program {
	return app.Program{
		Name: "thing",
		Load: func(getenv func(string) string) (app.Config, error) {
			r := &env.Reader{Getenv: getenv}
			return app.Load(r), r.Err()
		},
		Migrations: func() (fs.FS, error) {
			return fstest.MapFS{
				"00001_messages.sql": {Data: []byte(messages)},
				"00002_things.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE things ();\n-- +goose Down\nDROP TABLE things;\n")},
			}, nil
		},
		Consumers: []string{"thing"},
		New: func(context.Context, *app.Parts) (app.Service, error) {
			return app.Service{Handler: handler}, nil
		},
	}
}

const messages = `-- +goose Up
CREATE TABLE inbox (consumer text, message_id text, handled_at timestamptz);
-- +goose Down
DROP TABLE inbox;
`

func TestServe(t *testing.T) {
	t.Parallel()
	server := bustest.Server(t)
	vars := settings(map[string]string{"NATS_URL": server.URL()})
	cfg, err := program(nil).Load(func(name string) string { return vars[name] })
	if err != nil {
		t.Fatal(err)
	}
	parts, err := app.Open(t.Context(), "thing", cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer parts.Close(t.Context())
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	began, ended := make(chan struct{}), make(chan error, 1)
	service := app.Service{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := parts.Ready(r.Context()); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}),
	}
	service.Tasks = append(service.Tasks, func(ctx context.Context) error {
		close(began)
		<-ctx.Done()
		return nil
	})
	go func() { ended <- parts.Serve(ctx, service, listener) }()
	<-began
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("X-Request-Id") == "" {
		t.Errorf("answer = %d %v, want 200 with a request id", response.StatusCode, response.Header)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
	if !parts.Stopping() || parts.Ready(t.Context()) == nil {
		t.Error("a program that has stopped says that it is ready")
	}
}

func TestServeRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	files, err := program(nil).Migrations()
	if err != nil {
		t.Fatal(err)
	}
	vars := settings(map[string]string{"DATABASE_URL": databasetest.URL(t, files), "NATS_URL": bustest.Server(t).URL()})
	commands := program(http.NotFoundHandler()).Commands()
	steps := []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{args: []string{"migrate", "up"}, stdout: "nothing to apply\n"},
		{args: []string{"migrate", "down"}, stdout: "undone 00002_things.sql\n"},
		{args: []string{"migrate", "status"}, stdout: "pending               00002_things.sql\n"},
		{args: []string{"serve"}, code: 1, stderr: "lacks migration 00002_things.sql: run thing migrate up"},
		{args: []string{"migrate", "up"}, stdout: "applied 00002_things.sql\n"},
		{args: []string{"migrate", "sideways"}, code: 2, stderr: `not "sideways"`},
		{args: []string{"migrate"}, code: 2, stderr: "up, down, status"},
	}
	for _, step := range steps {
		code, stdout, stderr := run(t.Context(), commands, vars, step.args...)
		if code != step.code || !strings.Contains(stdout, step.stdout) || !strings.Contains(stderr, step.stderr) {
			t.Errorf("run(%q) = %d, %q, %q, want %d, %q, %q", step.args, code, stdout, stderr, step.code, step.stdout, step.stderr)
		}
	}
	delete(vars, "DATABASE_URL")
	if code, _, stderr := run(t.Context(), commands, vars, "migrate", "up"); code != 1 || !strings.Contains(stderr, "DATABASE_URL is not set") {
		t.Errorf("migrate without a database = %d, %q", code, stderr)
	}
}

// TestDead gives up a message, lists it and has it handled after all.
func TestDead(t *testing.T) {
	t.Parallel()
	url := bustest.Server(t).URL()
	b := bustest.ConnectTo(t, url)
	vars := settings(map[string]string{"NATS_URL": url})
	commands := program(http.NotFoundHandler()).Commands()

	broken := errors.New("it is broken")
	outcomes := make(chan error, 1)
	outcomes <- errors.Join(bus.ErrPermanent, broken)
	handled := make(chan struct{}, 2)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- b.Consume(ctx, bus.Consumer{Name: "thing", Handlers: bus.Handlers{"thing.made.v1": func(context.Context, events.Event) error {
			defer func() { handled <- struct{}{} }()
			select {
			case err := <-outcomes:
				return err
			default:
				return nil
			}
		}}})
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	e, err := events.New("thing", "thing.made.v1", uuid.New(), time.Now(), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	<-handled
	var listed string
	for deadline := time.Now().Add(patience); listed == ""; {
		if time.Now().After(deadline) {
			t.Fatal("the message is not listed")
		}
		_, listed, _ = run(t.Context(), commands, vars, "dead", "list")
	}
	if !strings.Contains(listed, "thing.made.v1") || !strings.Contains(listed, broken.Error()) {
		t.Errorf("dead list = %q", listed)
	}
	for _, args := range [][]string{{"dead"}, {"dead", "replay"}, {"dead", "replay", "x"}, {"dead", "bury"}} {
		if code, _, _ := run(t.Context(), commands, vars, args...); code != 2 {
			t.Errorf("run(%q) = %d, want 2", args, code)
		}
	}
	if code, stdout, stderr := run(t.Context(), commands, vars, "dead", "replay", "all"); code != 0 || stdout != "1 replayed\n" {
		t.Errorf("dead replay = %d, %q, %q", code, stdout, stderr)
	}
	select {
	case <-handled:
	case <-time.After(patience):
		t.Error("the message is not handled again")
	}
	if _, stdout, _ := run(t.Context(), commands, vars, "dead", "list"); stdout != "" {
		t.Errorf("dead list after the replay = %q", stdout)
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	commands := []app.Command{app.Healthcheck()}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		ReadHeaderTimeout: time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	go func() { _ = server.Serve(listener) }() // it ends by Close
	defer server.Close()
	vars := map[string]string{"ADMIN_ADDR": listener.Addr().String()}
	if code, _, stderr := run(t.Context(), commands, vars, "healthcheck"); code != 0 {
		t.Errorf("healthcheck = %d, %q", code, stderr)
	}
	vars["ADMIN_ADDR"] = ""
	if code, _, _ := run(t.Context(), commands, vars, "healthcheck"); code != 1 {
		t.Errorf("healthcheck of nobody = %d, want 1", code)
	}
}
