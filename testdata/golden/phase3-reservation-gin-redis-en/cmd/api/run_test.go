package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/acme/reservation-api/internal/postgres/postgrestest"
)

// command runs the program as main would and returns what it prints.
func command(t *testing.T, env map[string]string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

func TestRunRefuses(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		args []string
		code int
		want string
	}{
		{name: "an unknown command", args: []string{"server"}, code: misuse, want: `unknown command "server"`},
		{name: "an unknown flag", args: []string{"serve", "-port", "1"}, code: misuse, want: "-port"},
		{name: "an unknown flag of the default command", args: []string{"-port", "1"}, code: misuse, want: "-port"},
		{name: "an argument too many", args: []string{"serve", "now"}, code: misuse, want: `unexpected "now"`},
		{name: "migrate without a step", args: []string{"migrate"}, code: misuse, want: "up, down, status"},
		{name: "migrate with an unknown step", args: []string{"migrate", "sideways"}, code: misuse, want: `not "sideways"`},
		{name: "migrate without a database", args: []string{"migrate", "up"}, code: failed, want: "DATABASE_URL is not set"},
		{name: "admin without create", args: []string{"admin"}, code: misuse, want: "only create"},
		{name: "admin without an address", args: []string{"admin", "create"}, code: misuse, want: "-email is missing"},
		{name: "admin without a database", args: []string{"admin", "create", "-email", "a@example.com"}, code: failed, want: "api serve -admin"},
		{name: "samples without a database", args: []string{"samples"}, code: failed, want: "has the samples already"},
		{
			name: "an admin for memory beside a database", args: []string{"serve", "-admin", "a@example.com"},
			env:  map[string]string{"DATABASE_URL": "postgres://127.0.0.1:1/app"},
			code: misuse, want: "use api admin create",
		},
		{
			name: "an admin that is no address", args: []string{"serve", "-admin", "root"},
			code: failed, want: "email must be an e-mail address",
		},
		{
			name: "production without settings", env: map[string]string{"APP_ENV": "production"},
			code: failed, want: "JWT_SECRET is required in production",
		},
		{
			name: "an address that cannot be listened on", args: []string{"serve"},
			env:  map[string]string{"HTTP_ADDR": "256.0.0.1:80"},
			code: failed, want: "listen",
		},
		{
			name: "a server that is not there", args: []string{"healthcheck"},
			env:  map[string]string{"HTTP_ADDR": "127.0.0.1:1"},
			code: failed, want: "ask for health",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := command(t, tt.env, "", tt.args...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("run(%q) = %d, %q, want %d and %q", tt.args, code, stderr, tt.code, tt.want)
			}
			if stdout != "" {
				t.Errorf("run(%q) prints %q to standard output", tt.args, stdout)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"help", "-h", "--help"} {
		code, stdout, stderr := command(t, nil, "", arg)
		if code != ok || stdout != usage || stderr != "" {
			t.Errorf("run(%s) = %d, %q, %q, want the usage", arg, code, stdout, stderr)
		}
	}
}

// migrations returns the names of the schema's migrations, the oldest first.
func migrations(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../internal/postgres/migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("Glob() = %v, %v, want the migrations", names, err)
	}
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	return names
}

// TestDatabaseCommands walks a database through its life, as its operator would.
func TestDatabaseCommands(t *testing.T) {
	env := map[string]string{"DATABASE_URL": postgrestest.URL(t), "HTTP_ADDR": "127.0.0.1:0"}
	admin := []string{"admin", "create", "-email", "Admin@example.com"}
	schema := migrations(t)
	last := schema[len(schema)-1]
	type step struct {
		name   string
		stdin  string
		args   []string
		code   int
		stdout string
		stderr string
	}
	steps := []step{
		{name: "nothing to do", args: []string{"migrate", "up"}, stdout: "nothing to apply\n"},
		{name: "back", args: []string{"migrate", "down"}, stdout: "undone " + last},
		{name: "one is pending", args: []string{"migrate", "status"}, stdout: "pending               " + last},
		{name: "an old schema is not served", args: []string{"serve"}, code: failed, stderr: "run api migrate up"},
		{name: "forward", args: []string{"migrate", "up"}, stdout: "applied " + last},
		{name: "samples", args: []string{"samples"}, stdout: " samples created\n"},
		{name: "samples again", args: []string{"samples"}, stdout: "0 samples created\n"},
		{name: "the first admin", args: admin, stdout: "admin admin@example.com\npassword "},
		{name: "the same again", args: admin, code: failed, stderr: "there is an account with the address Admin@example.com"},
		{
			name: "a chosen password", stdin: "correct horse battery\n",
			args:   []string{"admin", "create", "-email", "b@example.com", "-password-stdin"},
			stdout: "admin b@example.com\n",
		},
		{
			name: "no password", args: []string{"admin", "create", "-email", "c@example.com", "-password-stdin"},
			code: failed, stderr: "no password",
		},
		{
			name: "a short password", stdin: "short", args: []string{"admin", "create", "-email", "c@example.com", "-password-stdin"},
			code: failed, stderr: "at least 12 characters",
		},
	}
	for _, name := range slices.Backward(schema) {
		steps = append(steps, step{name: "all the way back", args: []string{"migrate", "down"}, stdout: "undone " + name})
	}
	steps = append(steps, step{name: "before the beginning", args: []string{"migrate", "down"}, code: failed, stderr: "no migration is applied"})
	for _, step := range steps {
		code, stdout, stderr := command(t, env, step.stdin, step.args...)
		if code != step.code || !strings.Contains(stdout, step.stdout) || !strings.Contains(stderr, step.stderr) {
			t.Fatalf("%s: run(%q) = %d, %q, %q, want %d, %q, %q",
				step.name, step.args, code, stdout, stderr, step.code, step.stdout, step.stderr)
		}
	}
}
