package env

import (
	"net/url"

	"example.com/app/internal/limit"
)

// Origins reads the origins of web pages, separated by commas.
func (r *Reader) Origins(name string) []string {
	all := r.list(name)
	for _, value := range all {
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || value != u.Scheme+"://"+u.Host || u.Scheme != "https" && u.Scheme != "http" {
			r.Wrong(name, "must hold origins such as https://app.example.com, not %q", value)
		}
	}
	return all
}

// Limit reads the rate of a policy, such as 600/m.
func (r *Reader) Limit(variable, name, otherwise string) limit.Policy {
	value := r.Getenv(variable)
	if value == "" {
		value = otherwise
	}
	quota, window, err := limit.ParseRate(value)
	if err != nil {
		r.Wrong(variable, "must be a rate such as %s, not %q", otherwise, value)
	}
	return limit.Policy{Name: name, Quota: quota, Window: window}
}
