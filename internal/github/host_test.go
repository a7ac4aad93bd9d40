package github

import "testing"

func TestParseHost(t *testing.T) {
	for _, tt := range []struct {
		name, host, override string
		wantName, wantAPI    string
		enterprise           bool
	}{
		{name: "github.com", host: "github.com", wantName: "github.com", wantAPI: "https://api.github.com/"},
		{name: "as a URL", host: "https://GitHub.com/", wantName: "github.com", wantAPI: "https://api.github.com/"},
		{name: "the API's own name", host: "api.github.com", wantName: "github.com", wantAPI: "https://api.github.com/"},
		{name: "a tenant", host: "acme.ghe.com", wantName: "acme.ghe.com", wantAPI: "https://api.acme.ghe.com/"},
		{name: "a server", host: "git.acme.org", wantName: "git.acme.org", wantAPI: "https://git.acme.org/api/v3/", enterprise: true},
		{name: "a server with a port", host: "git.acme.org:8443", wantName: "git.acme.org:8443", wantAPI: "https://git.acme.org:8443/api/v3/", enterprise: true},
		{name: "not ghe.com", host: "evilghe.com", wantName: "evilghe.com", wantAPI: "https://evilghe.com/api/v3/", enterprise: true},
		{name: "a stand-in", host: "github.com", override: "http://127.0.0.1:8080", wantName: "127.0.0.1:8080", wantAPI: "http://127.0.0.1:8080/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseHost(tt.host, tt.override)
			if err != nil {
				t.Fatal(err)
			}
			if got.Name != tt.wantName || got.API.String() != tt.wantAPI {
				t.Errorf("ParseHost(%q, %q) = %s at %s, want %s at %s", tt.host, tt.override, got.Name, got.API, tt.wantName, tt.wantAPI)
			}
			if got.Enterprise() != tt.enterprise {
				t.Errorf("Enterprise() = %t, want %t", got.Enterprise(), tt.enterprise)
			}
		})
	}
}

func TestParseHostRefuses(t *testing.T) {
	for _, host := range []string{"", "a b", "git.acme.org/path", "user@git.acme.org", "http://git.acme.org", "https://", "?"} {
		if got, err := ParseHost(host, ""); err == nil {
			t.Errorf("ParseHost(%q) = %s, want an error", host, got.Name)
		}
	}
	for _, api := range []string{"127.0.0.1:80", "file:///etc", "://", "http://github.example.com", "http://:80"} {
		if got, err := ParseHost("github.com", api); err == nil {
			t.Errorf("ParseHost with the API at %q = %s, want an error", api, got.Name)
		}
	}
}

func TestServes(t *testing.T) {
	host, err := ParseHost("github.com", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		url  string
		want bool
	}{
		{"https://github.com/acme/demo.git", true},
		{"https://GITHUB.com/acme/demo.git", true},
		{"http://github.com/acme/demo.git", false},
		{"https://github.com.evil.org/acme/demo.git", false},
		{"https://evil.org/github.com/demo.git", false},
		{"https://user:word@github.com/acme/demo.git", false},
		{"https://github.com:8443/acme/demo.git", false},
		{"git@github.com:acme/demo.git", false},
	} {
		if got := host.Serves(tt.url); got != tt.want {
			t.Errorf("Serves(%s) = %t, want %t", tt.url, got, tt.want)
		}
	}
}
