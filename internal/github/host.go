package github

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Host is one GitHub: github.com, a tenant of ghe.com, or an Enterprise Server.
type Host struct {
	Name string // such as "github.com", with the port where there is one
	API  *url.URL
	Web  *url.URL // where repositories, git and log-in are
	// StandIn says that the API's address was given: it stands in for github.com,
	// and is sent the tokens that are meant for it.
	StandIn bool
}

// DefaultHost is the name of the host that is meant where none is named.
const DefaultHost = "github.com"

// ParseHost returns the host of that name, which may be written as a URL. Where
// apiURL is not empty it is the API's base URL and the host that web pages and
// git are on: a stand-in for tests. Without TLS it has to be this machine.
func ParseHost(name, apiURL string) (Host, error) {
	if apiURL != "" {
		api, err := url.Parse(strings.TrimSuffix(apiURL, "/") + "/")
		if err != nil || api.Hostname() == "" || api.Scheme != "https" && (api.Scheme != "http" || !loopback(api.Hostname())) {
			return Host{}, fmt.Errorf("%q is no base URL of an API", apiURL)
		}
		return Host{Name: api.Host, API: api, Web: &url.URL{Scheme: api.Scheme, Host: api.Host, Path: "/"}, StandIn: true}, nil
	}
	given := name
	name = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "https://"), "/"))
	web, err := url.Parse("https://" + name + "/")
	if err != nil || web.Host != name || web.Hostname() == "" {
		return Host{}, fmt.Errorf("%q is no host's name", given)
	}
	h := Host{Name: name, Web: web}
	switch {
	case name == DefaultHost || name == "www.github.com" || name == "api.github.com":
		h.Name = DefaultHost
		h.Web = &url.URL{Scheme: "https", Host: DefaultHost, Path: "/"}
		h.API = &url.URL{Scheme: "https", Host: "api." + DefaultHost, Path: "/"}
	case h.hosted():
		h.API = &url.URL{Scheme: "https", Host: "api." + name, Path: "/"}
	default:
		h.API = web.JoinPath("api", "v3/")
	}
	return h, nil
}

func loopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// Enterprise reports whether h is somebody's own server, for which github.com's
// tokens are not meant.
func (h Host) Enterprise() bool { return !h.StandIn && h.Name != DefaultHost && !h.hosted() }

// hosted reports whether h is a tenant of ghe.com.
func (h Host) hosted() bool { return strings.HasSuffix(h.Name, ".ghe.com") }

// Page returns the address of a page on the host.
func (h Host) Page(path ...string) string {
	return h.Web.JoinPath(path...).String()
}

// Serves reports whether rawURL leads to this host in the host's own scheme, so
// that the token may be sent there.
func (h Host) Serves(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Scheme == h.Web.Scheme && strings.EqualFold(u.Host, h.Web.Host) && u.User == nil
}
