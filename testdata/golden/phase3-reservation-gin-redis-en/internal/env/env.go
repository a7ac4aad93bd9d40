// Package env reads settings from environment variables.
package env

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Reader reads settings, and collects what is wrong with them. One that is absent or
// empty has its default.
type Reader struct {
	Getenv func(string) string
	errs   []error
}

// Err names everything that is wrong, or is nil.
func (r *Reader) Err() error { return errors.Join(r.errs...) }

// Wrong notes what is wrong with a setting: the text goes on after its name, such as
// "must be a number", and repeats no secret.
func (r *Reader) Wrong(name, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(name+" "+format, args...))
}

// Production reads APP_ENV: development, the default, or production.
func (r *Reader) Production() bool {
	switch env := r.Getenv("APP_ENV"); env {
	case "", "development":
		return false
	case "production":
		return true
	default:
		r.Wrong("APP_ENV", "must be development or production, not %q", env)
		return false
	}
}

// Level reads LOG_LEVEL: debug, info, warn or error.
func (r *Reader) Level() slog.Level {
	var level slog.Level
	if value := r.Getenv("LOG_LEVEL"); value != "" {
		if err := level.UnmarshalText([]byte(value)); err != nil {
			r.Wrong("LOG_LEVEL", "must be debug, info, warn or error, not %q", value)
		}
	}
	return level
}

// Secret reads a secret of at least that many bytes, or nil where there is none and
// none is required.
func (r *Reader) Secret(name string, required bool, least int) []byte {
	switch value := r.Getenv(name); {
	case value == "" && required:
		r.Wrong(name, "is required in production")
		return nil
	case value == "":
		return nil
	case len(value) < least:
		r.Wrong(name, "must have at least %d bytes, not %d", least, len(value))
		return nil
	default:
		return []byte(value)
	}
}

// URL reads a URL with one of the schemes. It does not repeat a value, which may hold
// a password.
func (r *Reader) URL(name string, required bool, example string, schemes ...string) string {
	value := r.Getenv(name)
	switch u, err := url.Parse(value); {
	case value == "" && required:
		r.Wrong(name, "is required in production")
	case value == "":
	case err != nil || !slices.Contains(schemes, u.Scheme):
		r.Wrong(name, "must be a URL such as %s", example)
	}
	return value
}

// Address reads where to listen: host:port or :port.
func (r *Reader) Address(name, otherwise string) string {
	value := r.Getenv(name)
	if value == "" {
		return otherwise
	}
	if _, _, err := net.SplitHostPort(value); err != nil {
		r.Wrong(name, "must be host:port or :port, not %q", value)
	}
	return value
}

// Duration reads a time up to the longest.
func (r *Reader) Duration(name string, fallback, longest time.Duration) time.Duration {
	value := r.Getenv(name)
	if value == "" {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > longest {
		r.Wrong(name, "must be a duration up to %s, such as 5s, not %q", longest, value)
	}
	return d
}

// Networks reads networks in CIDR notation, separated by commas.
func (r *Reader) Networks(name string) []netip.Prefix {
	var all []netip.Prefix
	for _, value := range r.list(name) {
		prefix, err := netip.ParsePrefix(value)
		if err != nil {
			r.Wrong(name, "must hold networks such as 10.0.0.0/8, not %q", value)
		}
		all = append(all, prefix)
	}
	return all
}

func (r *Reader) list(name string) []string {
	value := r.Getenv(name)
	if value == "" {
		return nil
	}
	all := strings.Split(value, ",")
	for i, item := range all {
		all[i] = strings.TrimSpace(item)
	}
	return all
}
