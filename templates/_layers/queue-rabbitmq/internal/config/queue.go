package config

func (l *loader) queueURL(required bool) string {
	return l.url("RABBITMQ_URL", required, "amqp://user:password@host:5672/", "amqp", "amqps")
}
