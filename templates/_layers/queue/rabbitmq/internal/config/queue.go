package config

import "example.com/app/internal/env"

func queueURL(r *env.Reader, required bool) string {
	return r.URL("RABBITMQ_URL", required, "amqp://user:password@host:5672/", "amqp", "amqps")
}
