package httpapi_test

import (
	"strings"
	"testing"
	"time"
)

func TestRoomLife(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		created := s.send(t, s.admin, "POST /v1/rooms", object{"name": "Merapi", "capacity": 8}).
			want(t, 201).wantHeader(t, "ETag", `"1"`)
		want := decode[room](t, created)
		path := "/v1/rooms/" + want.ID
		created.wantHeader(t, "Location", path)

		read := func(etag string) {
			t.Helper()
			got := decode[room](t, s.send(t, guest, "GET "+path, nil).want(t, 200).wantHeader(t, "ETag", etag))
			if got != want {
				t.Errorf("GET %s: %+v, want %+v", path, got, want)
			}
		}
		want = room{ID: want.ID, Name: "Merapi", Capacity: 8, CreatedAt: monday, UpdatedAt: monday}
		read(`"1"`)

		s.clock.advance(time.Minute)
		s.send(t, s.admin, "PATCH "+path, object{"description": "Projector"}, "If-Match", `"1"`).
			want(t, 200).wantHeader(t, "ETag", `"2"`)
		want.Description, want.UpdatedAt = "Projector", monday.Add(time.Minute)
		read(`"2"`)

		s.clock.advance(time.Minute)
		s.send(t, s.admin, "PUT "+path, object{"name": "Bromo", "capacity": 4}, "If-Match", `"2"`).
			want(t, 200).wantHeader(t, "ETag", `"3"`)
		want.Name, want.Description, want.Capacity, want.UpdatedAt = "Bromo", "", 4, monday.Add(2*time.Minute)
		read(`"3"`)

		// A change that does not know of the last one is lost for nobody.
		s.send(t, s.admin, "PATCH "+path, object{"capacity": 5}, "If-Match", `"2"`).wantProblem(t, 412, "version-mismatch")
		s.send(t, s.admin, "DELETE "+path, nil, "If-Match", `"2"`).wantProblem(t, 412, "version-mismatch")
		read(`"3"`)

		s.send(t, s.admin, "DELETE "+path, nil, "If-Match", `"3"`).want(t, 204)
		s.send(t, guest, "GET "+path, nil).wantProblem(t, 404, "not-found")
		s.send(t, s.admin, "DELETE "+path, nil, "If-Match", "*").wantProblem(t, 404, "not-found")
	})
}

func TestRoomRules(t *testing.T) {
	tests := []struct {
		name   string
		body   object
		fields []string // at fault; none where all is well
	}{
		{"smallest", object{"name": "B", "capacity": 1}, nil},
		{"largest", object{"name": strings.Repeat("é", 100), "description": strings.Repeat("é", 1000), "capacity": 1000}, nil},
		{"no name", object{"name": "", "capacity": 8}, []string{"name"}},
		{"long name", object{"name": strings.Repeat("é", 101), "capacity": 8}, []string{"name"}},
		{"name with a NUL", object{"name": "a\x00", "capacity": 8}, []string{"name"}},
		{"long description", object{"name": "B", "description": strings.Repeat("é", 1001), "capacity": 8}, []string{"description"}},
		{"for nobody", object{"name": "B", "capacity": 0}, []string{"capacity"}},
		{"for fewer than nobody", object{"name": "B", "capacity": -1}, []string{"capacity"}},
		{"for too many", object{"name": "B", "capacity": 1001}, []string{"capacity"}},
		{"everything", object{"name": " ", "capacity": 0}, []string{"name", "capacity"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *service) {
				path := "/v1/rooms/" + s.newRoom(t, "Merapi").ID
				created := s.send(t, s.admin, "POST /v1/rooms", test.body)
				if test.fields == nil {
					created.want(t, 201)
					return
				}
				created.wantProblem(t, 422, "invalid-fields", test.fields...)
				s.send(t, s.admin, "PUT "+path, test.body, "If-Match", "*").wantProblem(t, 422, "invalid-fields", test.fields...)
				if len(test.body) > 0 {
					s.send(t, s.admin, "PATCH "+path, test.body, "If-Match", "*").wantProblem(t, 422, "invalid-fields", test.fields...)
				}
				s.send(t, guest, "GET "+path, nil).want(t, 200).wantHeader(t, "ETag", `"1"`)
			})
		})
	}
}

func TestRoomNameTaken(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		s.newRoom(t, "Merapi")
		path := "/v1/rooms/" + s.newRoom(t, "Bromo").ID
		taken := object{"name": "MERAPI", "capacity": 8}
		s.send(t, s.admin, "POST /v1/rooms", taken).wantProblem(t, 409, "room-name-taken")
		s.send(t, s.admin, "PUT "+path, taken, "If-Match", "*").wantProblem(t, 409, "room-name-taken")
		s.send(t, s.admin, "PATCH "+path, object{"name": "merapi"}, "If-Match", "*").wantProblem(t, 409, "room-name-taken")
		s.send(t, s.admin, "PATCH "+path, object{"name": "BROMO"}, "If-Match", "*").want(t, 200) // its own
	})
}

func TestDeleteReservedRoom(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		id := s.newRoom(t, "Merapi").ID
		reserved := s.reserve(t, s.ann, id, 9, 10)
		s.send(t, s.admin, "DELETE /v1/rooms/"+id, nil, "If-Match", "*").wantProblem(t, 409, "room-in-use")
		s.send(t, s.ann, "POST /v1/reservations/"+reserved.ID+"/cancel", nil, "If-Match", "*").want(t, 200)
		s.send(t, s.admin, "DELETE /v1/rooms/"+id, nil, "If-Match", "*").wantProblem(t, 409, "room-in-use")
	})
}

func TestListRooms(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		for _, body := range []object{
			{"name": "Merapi", "capacity": 8, "description": "Projector, 100% dark"},
			{"name": "Bromo", "capacity": 4, "description": "A view of Merapi"},
			{"name": "Semeru", "capacity": 20},
		} {
			s.clock.advance(time.Minute)
			s.send(t, s.admin, "POST /v1/rooms", body).want(t, 201)
		}
		merapi := decode[list[room]](t, s.send(t, guest, "GET /v1/rooms?q=projector", nil).want(t, 200)).Items[0]
		s.reserve(t, s.ann, merapi.ID, 9, 10)
		cancelled := s.reserve(t, s.ann, merapi.ID, 11, 12)
		s.send(t, s.ann, "POST /v1/reservations/"+cancelled.ID+"/cancel", nil, "If-Match", "*").want(t, 200)

		tests := []struct {
			query string
			want  string
		}{
			{"", "Bromo Merapi Semeru"},
			{"sort=name", "Bromo Merapi Semeru"},
			{"sort=-name", "Semeru Merapi Bromo"},
			{"sort=capacity", "Bromo Merapi Semeru"},
			{"sort=-capacity", "Semeru Merapi Bromo"},
			{"sort=created_at", "Merapi Bromo Semeru"},
			{"sort=-created_at", "Semeru Bromo Merapi"},
			{"q=merapi", "Bromo Merapi"},
			{"q=MERAPI+view", "Bromo"},
			{"q=merapi+nothing", ""},
			{"q=100%25+dark", "Merapi"},
			{"min_capacity=8", "Merapi Semeru"},
			{"min_capacity=1000", ""},
			{"min_capacity=8&q=projector", "Merapi"},
			{"from=2030-03-05T09:30:00Z&to=2030-03-05T10:30:00Z", "Bromo Semeru"},
			{"from=2030-03-05T08:00:00Z&to=2030-03-05T11:00:00Z", "Bromo Semeru"},
			{"from=2030-03-05T10:00:00Z&to=2030-03-05T11:00:00Z", "Bromo Merapi Semeru"},
			{"from=2030-03-05T08:00:00Z&to=2030-03-05T09:00:00Z", "Bromo Merapi Semeru"},
			{"from=2030-03-05T11:00:00Z&to=2030-03-05T12:00:00Z", "Bromo Merapi Semeru"}, // cancelled
			{"from=2030-03-05T16:30:00%2B07:00&to=2030-03-05T16:45:00%2B07:00", "Bromo Semeru"},
		}
		for _, test := range tests {
			got := decode[list[room]](t, s.send(t, guest, "GET /v1/rooms?"+test.query, nil).want(t, 200))
			var names []string
			for _, r := range got.Items {
				names = append(names, r.Name)
			}
			if strings.Join(names, " ") != test.want || got.Total != len(names) {
				t.Errorf("GET /v1/rooms?%s: %q of %d, want %q", test.query, names, got.Total, test.want)
			}
		}
	})
}
