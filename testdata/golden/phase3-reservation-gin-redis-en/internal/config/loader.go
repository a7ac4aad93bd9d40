package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/acme/reservation-api/internal/limit"
)

// loader reads settings, and collects what is wrong with them.
type loader struct {
	getenv func(string) string
	errs   []error
}

func (l *loader) wrong(name, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf(name+" "+format, args...))
}

// url does not repeat a value, which may hold a password.
func (l *loader) url(name string, required bool, example string, schemes ...string) string {
	value := l.getenv(name)
	switch u, err := url.Parse(value); {
	case value == "" && required:
		l.wrong(name, "is required in production")
	case value == "":
	case err != nil || !slices.Contains(schemes, u.Scheme):
		l.wrong(name, "must be a URL such as %s", example)
	}
	return value
}

func (l *loader) address(name, otherwise string) string {
	value := l.getenv(name)
	if value == "" {
		return otherwise
	}
	if _, _, err := net.SplitHostPort(value); err != nil {
		l.wrong(name, "must be host:port or :port, not %q", value)
	}
	return value
}

func (l *loader) duration(name string, fallback, longest time.Duration) time.Duration {
	value := l.getenv(name)
	if value == "" {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > longest {
		l.wrong(name, "must be a duration up to %s, such as 5s, not %q", longest, value)
	}
	return d
}

func (l *loader) networks(name string) []netip.Prefix {
	var all []netip.Prefix
	for _, value := range l.list(name) {
		prefix, err := netip.ParsePrefix(value)
		if err != nil {
			l.wrong(name, "must hold networks such as 10.0.0.0/8, not %q", value)
		}
		all = append(all, prefix)
	}
	return all
}

func (l *loader) origins(name string) []string {
	all := l.list(name)
	for _, value := range all {
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || value != u.Scheme+"://"+u.Host || u.Scheme != "https" && u.Scheme != "http" {
			l.wrong(name, "must hold origins such as https://app.example.com, not %q", value)
		}
	}
	return all
}

func (l *loader) list(name string) []string {
	value := l.getenv(name)
	if value == "" {
		return nil
	}
	all := strings.Split(value, ",")
	for i, item := range all {
		all[i] = strings.TrimSpace(item)
	}
	return all
}

func (l *loader) limit(variable, name, otherwise string) limit.Policy {
	value := l.getenv(variable)
	if value == "" {
		value = otherwise
	}
	quota, window, err := limit.ParseRate(value)
	if err != nil {
		l.wrong(variable, "must be a rate such as %s, not %q", otherwise, value)
	}
	return limit.Policy{Name: name, Quota: quota, Window: window}
}
