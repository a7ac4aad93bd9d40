package config_test

import (
	"testing"

	"github.com/acme/reservation-api/internal/config"
)

func TestQueueURL(t *testing.T) {
	got, err := config.LoadAll(env(map[string]string{"REDIS_URL": "redis://cache"}))
	if err != nil || got.QueueURL != "redis://cache" {
		t.Errorf("LoadAll().QueueURL = %q, %v, want that of the cache", got.QueueURL, err)
	}
}
