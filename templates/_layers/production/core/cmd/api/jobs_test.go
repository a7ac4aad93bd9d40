package main

import (
	"strings"
	"testing"
)

func TestRunRefusesProduction(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		args []string
		code int
		want string
	}{
		{name: "jobs without anything", args: []string{"jobs"}, code: misuse, want: "dead list and dead retry"},
		{name: "an unknown command of jobs", args: []string{"jobs", "dead", "bury"}, code: misuse, want: "dead list and dead retry"},
		{name: "dead jobs in memory", args: []string{"jobs", "dead", "list"}, code: failed, want: "there is no job queue"},
		{
			name: "an address for admins that cannot be listened on", args: []string{"serve"},
			env:  map[string]string{"HTTP_ADDR": "127.0.0.1:0", "ADMIN_ADDR": "256.0.0.1:80"},
			code: failed, want: "listen for admins",
		},
		{
			name: "production without its services", env: map[string]string{"APP_ENV": "production"},
			code: failed, want: "REDIS_URL is required in production",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := command(t, tt.env, "", tt.args...)
			if code != tt.code || !strings.Contains(stderr, tt.want) || stdout != "" {
				t.Errorf("run(%q) = %d, %q, %q, want %d and %q", tt.args, code, stdout, stderr, tt.code, tt.want)
			}
		})
	}
}
