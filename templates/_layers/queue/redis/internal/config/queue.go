package config

import "example.com/app/internal/env"

// queueURL is that of the cache: one Redis carries the jobs too.
func queueURL(r *env.Reader, _ bool) string { return r.Getenv("REDIS_URL") }
