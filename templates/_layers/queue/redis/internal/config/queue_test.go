package config_test

import (
	"testing"

	"example.com/app/internal/config"
)

func TestQueueURL(t *testing.T) {
	got, err := config.LoadAll(env(map[string]string{"REDIS_URL": "redis://cache"}))
	if err != nil || got.QueueURL != "redis://cache" {
		t.Errorf("LoadAll().QueueURL = %q, %v, want that of the cache", got.QueueURL, err)
	}
}
