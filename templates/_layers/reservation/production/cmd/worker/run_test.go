package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRunRefuses(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		args []string
		code int
		want string
	}{
		{name: "an unknown command", args: []string{"sleep"}, code: misuse, want: `unknown command "sleep"`},
		{name: "an argument too many", args: []string{"mail", "now"}, code: misuse, want: `unexpected "now"`},
		{name: "no database and no queue", code: failed, want: "the API does the jobs itself"},
		{name: "wrong settings", env: map[string]string{"LOG_LEVEL": "loud"}, code: failed, want: "LOG_LEVEL must be"},
		{name: "health of nobody", args: []string{"healthcheck"}, code: failed, want: "ADMIN_ADDR is not set"},
		{
			name: "health of a worker that is not there", args: []string{"healthcheck"},
			env:  map[string]string{"ADMIN_ADDR": "127.0.0.1:1"},
			code: failed, want: "ask for health",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), tt.args, func(name string) string { return tt.env[name] }, &stdout, &stderr)
			if code != tt.code || !strings.Contains(stderr.String(), tt.want) || stdout.Len() > 0 {
				t.Errorf("run(%q) = %d, %q, %q, want %d and %q", tt.args, code, &stdout, &stderr, tt.code, tt.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"help", "-h", "--help"} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{arg}, func(string) string { return "" }, &stdout, &stderr)
		if code != ok || stdout.String() != usage || stderr.Len() > 0 {
			t.Errorf("run(%s) = %d, %q, %q, want the usage", arg, code, &stdout, &stderr)
		}
	}
}
