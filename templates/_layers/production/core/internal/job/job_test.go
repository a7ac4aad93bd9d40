package job_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/storetest"
)

func TestNew(t *testing.T) {
	now := time.Date(2030, time.March, 4, 8, 0, 0, 0, time.FixedZone("WIB", 7*60*60))
	got, err := job.New("mail.welcome", map[string]int{"user": 7}, now)
	storetest.WantError(t, "New", err, nil)
	if got.ID == uuid.Nil || got.Kind != "mail.welcome" || string(got.Payload) != `{"user":7}` || got.Try != 0 {
		t.Errorf("New() = %+v, want a new id, the kind, the payload as JSON and no try", got)
	}
	if got.CreatedAt.Location() != time.UTC || !got.CreatedAt.Equal(now) {
		t.Errorf("New().CreatedAt = %v, want %v in UTC", got.CreatedAt, now)
	}
	other, err := job.New("mail.welcome", nil, now)
	if err != nil || other.ID == got.ID {
		t.Errorf("New() = id %v, %v, want another one than before", other.ID, err)
	}
}

func TestNewBadPayload(t *testing.T) {
	_, err := job.New("mail.welcome", func() {}, time.Now())
	if _, ok := errors.AsType[*json.UnsupportedTypeError](err); !ok {
		t.Errorf("New(func) = error %v, want that of the encoder", err)
	}
}

func TestRetriesWait(t *testing.T) {
	r := job.Retries{Tries: 20, Base: 2 * time.Second, Max: time.Minute}
	const nearlyOne = 1 - 1e-12
	tests := []struct {
		name   string
		tries  int
		random float64
		want   time.Duration
	}{
		{"after the first try, at least", 1, 0, time.Second},
		{"after the first try, half way", 1, 0.5, 1500 * time.Millisecond},
		{"after the first try, at most", 1, nearlyOne, 2 * time.Second},
		{"after the second", 2, nearlyOne, 4 * time.Second},
		{"after the fifth", 5, nearlyOne, 32 * time.Second},
		{"the longest, at least", 6, 0, 30 * time.Second},
		{"the longest, at most", 6, nearlyOne, time.Minute},
		{"no longer than the longest", 19, nearlyOne, time.Minute},
		{"after more tries than a duration has bits", 100, nearlyOne, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := r.Wait(test.tries, test.random)
			if (got - test.want).Abs() > time.Millisecond {
				t.Errorf("Wait(%d, %v) = %v, want %v", test.tries, test.random, got, test.want)
			}
		})
	}

	t.Run("a base above the longest", func(t *testing.T) {
		r := job.Retries{Tries: 2, Base: time.Hour, Max: time.Minute}
		if got := r.Wait(1, 0); got != 30*time.Second {
			t.Errorf("Wait(1, 0) = %v, want half of the longest", got)
		}
	})
}
