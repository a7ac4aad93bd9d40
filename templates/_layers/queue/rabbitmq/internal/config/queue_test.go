package config_test

import (
	"strings"
	"testing"

	"example.com/app/internal/config"
)

func TestQueueURL(t *testing.T) {
	got, err := config.LoadAll(env(map[string]string{"REDIS_URL": "redis://cache", "RABBITMQ_URL": queueURL}))
	if err != nil || got.QueueURL != queueURL {
		t.Errorf("LoadAll().QueueURL = %q, %v, want %q", got.QueueURL, err, queueURL)
	}
	for setting, want := range map[string]map[string]string{
		"RABBITMQ_URL is required": {"APP_ENV": "production"},
		"RABBITMQ_URL must be":     {"RABBITMQ_URL": "redis://cache"},
	} {
		if _, err := config.LoadAll(env(want)); err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("LoadAll() = %v, want it to say %q", err, setting)
		}
	}
}
