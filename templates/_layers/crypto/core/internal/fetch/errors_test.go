package fetch

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{-1: 0, 0: 0, time.Minute: time.Minute} {
		if got := (&StatusError{Code: 429, After: after}).Wait(); got != want {
			t.Errorf("Wait() after %s = %s, want %s", after, got, want)
		}
	}
}
