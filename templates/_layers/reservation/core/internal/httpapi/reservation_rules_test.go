package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/api"
	"example.com/app/internal/reservation"
)

// The limits, for a new reservation and for one that is rescheduled.
func TestReservationRules(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tests := []struct {
		name       string
		start, end time.Duration // from now on
		title      string
		fields     []string // at fault; none where all is well
	}{
		{"now", 0, time.Hour, "Review", nil},
		{"a minute", time.Hour, time.Hour + time.Minute, "Review", nil},
		{"eight hours", time.Hour, 9 * time.Hour, "Review", nil},
		{"eight hours and a minute", time.Hour, 9*time.Hour + time.Minute, "Review", []string{"ends_at"}},
		{"a year ahead", year, year + time.Hour, "Review", nil},
		{"more than a year ahead", year + time.Minute, year + time.Hour, "Review", []string{"starts_at"}},
		{"in the past", -time.Minute, time.Hour, "Review", []string{"starts_at"}},
		{"starts within a minute", time.Second, time.Hour, "Review", []string{"starts_at"}},
		{"ends within a minute", 0, time.Hour + time.Second, "Review", []string{"ends_at"}},
		{"a fraction of a second", time.Hour + time.Millisecond, 2 * time.Hour, "Review", []string{"starts_at"}},
		{"no time", time.Hour, time.Hour, "Review", []string{"ends_at"}},
		{"backwards", 2 * time.Hour, time.Hour, "Review", []string{"ends_at"}},
		{"no title", 0, time.Hour, "", []string{"title"}},
		{"title of 200 characters", 0, time.Hour, strings.Repeat("é", 200), nil},
		{"title of 201 characters", 0, time.Hour, strings.Repeat("é", 201), []string{"title"}},
		{"title with a NUL", 0, time.Hour, "Re\x00view", []string{"title"}},
		{"all at once", -time.Second, -time.Second, "", []string{"title", "starts_at", "ends_at"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *service) {
				merapi, bromo := s.newRoom(t, "Merapi").ID, s.newRoom(t, "Bromo").ID
				change := object{
					"title":     test.title,
					"starts_at": monday.Add(test.start).Format(time.RFC3339Nano),
					"ends_at":   monday.Add(test.end).Format(time.RFC3339Nano),
				}
				path := "/v1/reservations/" + s.reserve(t, s.ann, bromo, 9, 10).ID
				changed := s.send(t, s.ann, "PATCH "+path, change, "If-Match", `"1"`)
				change["room_id"] = merapi
				created := s.send(t, s.ann, "POST /v1/reservations", change)
				if test.fields == nil {
					changed.want(t, 200)
					created.want(t, 201)
					return
				}
				changed.wantProblem(t, 422, "invalid-fields", test.fields...)
				created.wantProblem(t, 422, "invalid-fields", test.fields...)
				s.send(t, s.ann, "GET "+path, nil).want(t, 200).wantHeader(t, "ETag", `"1"`)
			})
		})
	}
}

func TestUnknownRoom(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		s.send(t, s.ann, "POST /v1/reservations", hours(uuid.NewString(), 9, 10)).
			wantProblem(t, 422, "invalid-fields", "room_id")
	})
}

// Of many who want overlapping times in one room at once, those who get them do
// not meet, and all others are told why.
func TestReserveAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		const clients, rounds = 16, 3
		for range rounds {
			roomID := s.newRoom(t, uuid.NewString()).ID
			statuses := s.race(t, clients, func(i int) *http.Request {
				r, _ := s.request(t, s.ann, "POST /v1/reservations", hours(roomID, i, i+2))
				return r
			})
			got := decode[list[booking]](t, s.send(t, s.ann, "GET /v1/reservations?room_id="+roomID, nil).want(t, 200))
			if statuses[201] == 0 || statuses[201] != len(got.Items) || statuses[201]+statuses[409] != clients {
				t.Errorf("answers by status %v for %d reservations, want 201 for each of them and 409 for the rest", statuses, len(got.Items))
			}
			for i, r := range got.Items[1:] { // sorted by start
				if r.StartsAt.Before(got.Items[i].EndsAt) {
					t.Errorf("one ends at %v, and the next starts at %v", got.Items[i].EndsAt, r.StartsAt)
				}
			}
		}
	})
}

// The document tells the limits in words, which no validation reads.
func TestDocumentTellsTheLimits(t *testing.T) {
	t.Parallel()
	text := strings.Join(strings.Fields(string(api.Spec)), " ")
	for _, want := range []string{
		fmt.Sprintf("at most %d days ahead", int(reservation.MaxAhead.Hours()/24)),
		fmt.Sprintf("lasts at most %d hours", int(reservation.MaxLength.Hours())),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("openapi.yaml does not say %q", want)
		}
	}
}
