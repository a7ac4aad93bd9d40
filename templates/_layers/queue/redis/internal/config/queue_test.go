package config_test

import (
	"testing"

	"example.com/app/internal/config"
)

func TestQueueURL(t *testing.T) {
	got, err := config.Load(env(map[string]string{"REDIS_URL": "redis://cache"}))
	if err != nil || got.QueueURL != "redis://cache" {
		t.Errorf("Load().QueueURL = %q, %v, want that of the cache", got.QueueURL, err)
	}
}
