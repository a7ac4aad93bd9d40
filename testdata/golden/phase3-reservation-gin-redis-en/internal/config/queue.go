package config

// queueURL is that of the cache: one Redis carries the jobs too.
func (l *loader) queueURL(bool) string { return l.getenv("REDIS_URL") }
