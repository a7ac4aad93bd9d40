package httpapi_test

import (
	"bytes"
	"testing"
	"time"
)

func TestReservationLife(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		roomID := s.newRoom(t, "Merapi").ID
		created := s.send(t, s.ann, "POST /v1/reservations", hours(roomID, 9, 10)).
			want(t, 201).wantHeader(t, "ETag", `"1"`)
		want := booking{
			ID: decode[booking](t, created).ID, RoomID: roomID, UserID: s.ann.id, Title: "Sprint review",
			StartsAt: tomorrow(9), EndsAt: tomorrow(10), Status: "confirmed", CreatedAt: monday, UpdatedAt: monday,
		}
		path := "/v1/reservations/" + want.ID
		created.wantHeader(t, "Location", path)
		read := func(etag string) {
			t.Helper()
			for _, by := range []account{s.ann, s.admin} {
				got := decode[booking](t, s.send(t, by, "GET "+path, nil).want(t, 200).wantHeader(t, "ETag", etag))
				wantBooking(t, got, want)
			}
		}
		read(`"1"`)

		s.clock.advance(time.Minute)
		s.send(t, s.ann, "PATCH "+path, object{"ends_at": "2030-03-05T11:00:00Z"}, "If-Match", `"1"`).
			want(t, 200).wantHeader(t, "ETag", `"2"`)
		want.EndsAt, want.UpdatedAt = tomorrow(11), monday.Add(time.Minute)
		read(`"2"`)

		s.clock.advance(time.Minute)
		s.send(t, s.admin, "PATCH "+path, object{"title": "Retro"}, "If-Match", `"2"`).want(t, 200).wantHeader(t, "ETag", `"3"`)
		want.Title, want.UpdatedAt = "Retro", monday.Add(2*time.Minute)
		read(`"3"`)
		s.send(t, s.ann, "PATCH "+path, object{"title": "Review"}, "If-Match", `"2"`).wantProblem(t, 412, "version-mismatch")
		s.send(t, s.ann, "POST "+path+"/cancel", nil, "If-Match", `"2"`).wantProblem(t, 412, "version-mismatch")
		read(`"3"`)

		s.clock.advance(time.Minute)
		cancelled := monday.Add(3 * time.Minute)
		s.send(t, s.ann, "POST "+path+"/cancel", nil, "If-Match", `"3"`).want(t, 200).wantHeader(t, "ETag", `"4"`)
		want.Status, want.CancelledAt, want.UpdatedAt = "cancelled", &cancelled, cancelled
		read(`"4"`)

		// To cancel once more changes nothing.
		s.clock.advance(time.Minute)
		again := s.send(t, s.ann, "POST "+path+"/cancel", nil, "If-Match", `"4"`).want(t, 200).wantHeader(t, "ETag", `"4"`)
		wantBooking(t, decode[booking](t, again), want)
		s.send(t, s.ann, "PATCH "+path, object{"title": "Retro"}, "If-Match", `"4"`).wantProblem(t, 409, "reservation-cancelled")
		read(`"4"`)
	})
}

// tomorrow is a full hour of the day after monday.
func tomorrow(hour int) time.Time { return time.Date(2030, time.March, 5, hour, 0, 0, 0, time.UTC) }

func wantBooking(t *testing.T, got, want booking) {
	t.Helper()
	gotAt, wantAt := got.CancelledAt, want.CancelledAt
	if (gotAt == nil) != (wantAt == nil) || gotAt != nil && !gotAt.Equal(*wantAt) {
		t.Errorf("cancelled_at %v, want %v", gotAt, wantAt)
	}
	got.CancelledAt, want.CancelledAt = nil, nil
	if got != want {
		t.Errorf("reservation %+v, want %+v", got, want)
	}
}

func TestOverlap(t *testing.T) {
	tests := []struct {
		name     string
		from, to int
		want     int
	}{
		{"the same time", 10, 12, 409},
		{"within", 11, 12, 409},
		{"around", 9, 13, 409},
		{"into the start", 9, 11, 409},
		{"into the end", 11, 13, 409},
		{"up to the start", 9, 10, 201},
		{"from the end on", 12, 13, 201},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *service) {
				merapi, bromo := s.newRoom(t, "Merapi").ID, s.newRoom(t, "Bromo").ID
				first := s.reserve(t, s.ann, merapi, 10, 12)

				// The same rule for a new reservation and for one that moves.
				moving := s.reserve(t, s.bob, merapi, 20, 21)
				times := hours(merapi, test.from, test.to)
				moved := s.send(t, s.bob, "PATCH /v1/reservations/"+moving.ID,
					object{"starts_at": times["starts_at"], "ends_at": times["ends_at"]}, "If-Match", "*")
				if test.want == 409 {
					moved.wantProblem(t, 409, "room-taken")
					s.send(t, s.bob, "POST /v1/reservations", times).wantProblem(t, 409, "room-taken")
				} else {
					moved.want(t, 200)
					s.send(t, s.bob, "POST /v1/reservations/"+moving.ID+"/cancel", nil, "If-Match", "*").want(t, 200)
					s.send(t, s.bob, "POST /v1/reservations", times).want(t, 201)
					return
				}
				s.reserve(t, s.bob, bromo, test.from, test.to) // another room
				s.send(t, s.ann, "POST /v1/reservations/"+first.ID+"/cancel", nil, "If-Match", "*").want(t, 200)
				s.send(t, s.bob, "POST /v1/reservations", times).want(t, 201)
			})
		})
	}
}

func TestStartedReservation(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		roomID := s.newRoom(t, "Merapi").ID
		started := "/v1/reservations/" + s.reserve(t, s.ann, roomID, 10, 12).ID
		cancelled := "/v1/reservations/" + s.reserve(t, s.ann, roomID, 8, 9).ID
		s.send(t, s.ann, "POST "+cancelled+"/cancel", nil, "If-Match", "*").want(t, 200)

		s.clock.advance(tomorrow(10).Sub(monday))
		ann := account{token: s.logIn(t, s.ann.email, password).Access}
		s.send(t, ann, "PATCH "+started, object{"title": "Retro"}, "If-Match", "*").wantProblem(t, 409, "reservation-started")
		s.send(t, ann, "POST "+started+"/cancel", nil, "If-Match", "*").wantProblem(t, 409, "reservation-started")
		s.send(t, ann, "GET "+started, nil).want(t, 200).wantHeader(t, "ETag", `"1"`)

		// What was cancelled in time stays so.
		s.send(t, ann, "PATCH "+cancelled, object{"title": "Retro"}, "If-Match", "*").wantProblem(t, 409, "reservation-cancelled")
		s.send(t, ann, "POST "+cancelled+"/cancel", nil, "If-Match", "*").want(t, 200).wantHeader(t, "ETag", `"2"`)
	})
}

// A time may come in any zone, and goes out in UTC.
func TestZones(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		created := s.send(t, s.ann, "POST /v1/reservations", object{
			"room_id": s.newRoom(t, "Merapi").ID, "title": "Review",
			"starts_at": "2030-03-05T16:00:00+07:00", "ends_at": "2030-03-05T04:00:00-06:00",
		}).want(t, 201)
		path := "/v1/reservations/" + decode[booking](t, created).ID
		wantTimes(t, created, "2030-03-05T09:00:00Z", "2030-03-05T10:00:00Z")
		wantTimes(t, s.send(t, s.ann, "GET "+path, nil), "2030-03-05T09:00:00Z", "2030-03-05T10:00:00Z")

		moved := s.send(t, s.ann, "PATCH "+path, object{"ends_at": "2030-03-05T18:00:00+07:00"}, "If-Match", "*")
		wantTimes(t, moved, "2030-03-05T09:00:00Z", "2030-03-05T11:00:00Z")
	})
}

// wantTimes compares times as they are written.
func wantTimes(t *testing.T, a answer, starts, ends string) {
	t.Helper()
	got := decode[map[string]any](t, a)
	if got["starts_at"] != starts || got["ends_at"] != ends {
		t.Errorf("%s: from %v to %v, want %s to %s", a.line, got["starts_at"], got["ends_at"], starts, ends)
	}
}

// Somebody else's reservation looks as if it were not there.
func TestReservationsOfOthers(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		theirs := "/v1/reservations/" + s.reserve(t, s.ann, s.newRoom(t, "Merapi").ID, 9, 10).ID
		const missing = "/v1/reservations/0195f3a0-0000-7000-8000-000000000000"
		for _, request := range []struct {
			method, suffix string
			body           any
		}{
			{"GET ", "", nil},
			{"PATCH ", "", object{"title": "Mine"}},
			{"PATCH ", "", object{"title": ""}},
			{"POST ", "/cancel", nil},
		} {
			for _, tag := range []string{"*", `"1"`, `"2"`} {
				want := s.send(t, s.bob, request.method+missing+request.suffix, request.body, "If-Match", tag)
				got := s.send(t, s.bob, request.method+theirs+request.suffix, request.body, "If-Match", tag)
				got.wantProblem(t, 404, "not-found")
				if !bytes.Equal(got.body, want.body) {
					t.Errorf("%s: %s, want the same as for one that is missing: %s", got.line, got.body, want.body)
				}
			}
		}
		s.send(t, s.ann, "GET "+theirs, nil).want(t, 200).wantHeader(t, "ETag", `"1"`)
	})
}

func TestListReservations(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		merapi, bromo := s.newRoom(t, "Merapi").ID, s.newRoom(t, "Bromo").ID
		called := make(map[string]string)
		for _, r := range []struct {
			name     string
			by       account
			room     string
			from, to int
		}{
			{"a", s.ann, merapi, 14, 15},
			{"b", s.bob, merapi, 9, 10},
			{"c", s.ann, bromo, 11, 12},
		} {
			s.clock.advance(time.Second)
			called[s.reserve(t, r.by, r.room, r.from, r.to).ID] = r.name
		}
		for id, name := range called {
			if name == "c" {
				s.send(t, s.ann, "POST /v1/reservations/"+id+"/cancel", nil, "If-Match", "*").want(t, 200)
			}
		}
		tests := []struct {
			name  string
			by    account
			query string
			want  string
		}{
			{"one's own", s.ann, "", "ca"},
			{"one's own by id", s.ann, "user_id=" + s.ann.id, "ca"},
			{"everybody's", s.admin, "", "bca"},
			{"somebody's", s.admin, "user_id=" + s.bob.id, "b"},
			{"latest first", s.admin, "sort=-starts_at", "acb"},
			{"oldest first", s.admin, "sort=created_at", "abc"},
			{"newest first", s.admin, "sort=-created_at", "cba"},
			{"of a room", s.admin, "room_id=" + merapi, "ba"},
			{"one's own of a room", s.ann, "room_id=" + merapi, "a"},
			{"confirmed", s.admin, "status=confirmed", "ba"},
			{"cancelled", s.admin, "status=cancelled", "c"},
			{"from", s.admin, "from=2030-03-05T10:00:00Z", "ca"},
			{"to", s.admin, "to=2030-03-05T14:00:00Z", "bc"},
			{"from and to", s.admin, "from=2030-03-05T09:59:00Z&to=2030-03-05T11:01:00Z", "bc"},
			{"second page", s.admin, "page_size=2&page=2", "a"},
		}
		for _, test := range tests {
			got := s.send(t, test.by, "GET /v1/reservations?"+test.query, nil).want(t, 200)
			var found string
			for _, r := range decode[list[booking]](t, got).Items {
				found += called[r.ID]
			}
			if found != test.want {
				t.Errorf("%s: %s: %q, want %q", test.name, got.line, found, test.want)
			}
		}
		s.send(t, s.bob, "GET /v1/reservations?user_id="+s.ann.id, nil).wantProblem(t, 403, "forbidden")
		s.send(t, s.bob, "GET /v1/reservations?room_id="+bromo, nil).want(t, 200).wantHeader(t, "Total-Count", "0")
	})
}
