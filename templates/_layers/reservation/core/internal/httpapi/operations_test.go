package httpapi_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"example.com/app/internal/apitest"
	"example.com/app/internal/httpapi"
)

// The document and the program know the same operations.
func TestRoutes(t *testing.T) {
	t.Parallel()
	h, err := httpapi.New(httpapi.Options{
		Ready:  func(context.Context) error { return nil },
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	served := routes(t, h)
	var promised []string
	for _, op := range document.Operations() {
		promised = append(promised, op.Method+" "+op.Path)
	}
	for _, route := range served {
		if !slices.Contains(promised, route) {
			t.Errorf("%s is served, but not in openapi.yaml", route)
		}
	}
	for _, route := range promised {
		if !slices.Contains(served, route) {
			t.Errorf("%s is in openapi.yaml, but not served", route)
		}
	}
}

// policyRow is a good request for an operation, and the status that each role
// gets for it. The room, the account and the reservation that it is about exist;
// the latter two are Ann's. newScene says what stands in braces.
type policyRow struct {
	operation string
	line      string
	body      string

	guest, bob, ann, admin int
}

func policyTable() []policyRow {
	return []policyRow{
		{"register", "POST /v1/auth/register", `{"email":"new@example.com","name":"New","password":"correct horse"}`, 201, 201, 201, 201},
		{"logIn", "POST /v1/auth/login", `{"email":"ann@example.com","password":"{password}"}`, 200, 200, 200, 200},
		{"refresh", "POST /v1/auth/refresh", `{"refresh_token":"{refresh}"}`, 200, 200, 200, 200},
		{"logOut", "POST /v1/auth/logout", `{"refresh_token":"{refresh}"}`, 204, 204, 204, 204},
		{"logOutEverywhere", "POST /v1/auth/logout-all", ``, 401, 204, 204, 204},

		{"getMe", "GET /v1/me", ``, 401, 200, 200, 200},
		{"changePassword", "PUT /v1/me/password", `{"current_password":"{password}","new_password":"a new password"}`, 401, 204, 204, 204},

		{"listUsers", "GET /v1/users", ``, 401, 403, 403, 200},
		{"getUser", "GET /v1/users/{ann}", ``, 401, 403, 403, 200},
		{"changeUser", "PATCH /v1/users/{ann}", `{"active":true}`, 401, 403, 403, 200},

		{"listRooms", "GET /v1/rooms", ``, 200, 200, 200, 200},
		{"createRoom", "POST /v1/rooms", `{"name":"Bromo","capacity":4}`, 401, 403, 403, 201},
		{"getRoom", "GET /v1/rooms/{room}", ``, 200, 200, 200, 200},
		{"replaceRoom", "PUT /v1/rooms/{room}", `{"name":"Bromo","capacity":4}`, 401, 403, 403, 200},
		{"patchRoom", "PATCH /v1/rooms/{room}", `{"capacity":4}`, 401, 403, 403, 200},
		{"deleteRoom", "DELETE /v1/rooms/{room}", ``, 401, 403, 403, 204},

		{"listReservations", "GET /v1/reservations?user_id={ann}", ``, 401, 403, 200, 200},
		{"createReservation", "POST /v1/reservations",
			`{"room_id":"{room}","title":"Retro","starts_at":"2030-03-05T10:00:00Z","ends_at":"2030-03-05T11:00:00Z"}`, 401, 201, 201, 201},
		{"getReservation", "GET /v1/reservations/{reservation}", ``, 401, 404, 200, 200},
		{"reschedule", "PATCH /v1/reservations/{reservation}", `{"title":"Retro"}`, 401, 404, 200, 200},
		{"cancel", "POST /v1/reservations/{reservation}/cancel", ``, 401, 404, 200, 200},

		{"live", "GET /healthz", ``, 200, 200, 200, 200},
		{"ready", "GET /readyz", ``, 200, 200, 200, 200},
		{"getSpec", "GET /openapi.yaml", ``, 200, 200, 200, 200},
		{"getDocs", "GET /docs", ``, 200, 200, 200, 200},
		{"getDocsFile", "GET /docs/swagger-ui.css", ``, 200, 200, 200, 200},
	}
}

// policyOf returns the row of an operation.
func policyOf(t *testing.T, op apitest.Operation) policyRow {
	t.Helper()
	for _, row := range policyTable() {
		if row.operation == op.ID {
			return row
		}
	}
	t.Fatalf("policyTable has no row for %s", op.ID)
	return policyRow{}
}

// scene is a service in which every good request can succeed.
type scene struct {
	*service
	replacer *strings.Replacer
}

func newScene(t *testing.T, kept stores) scene {
	t.Helper()
	s := newService(t, kept)
	free, reserved := s.newRoom(t, "Merapi"), s.newRoom(t, "Semeru")
	return scene{s, strings.NewReplacer(
		"{ann}", s.ann.id,
		"{password}", password,
		"{refresh}", s.logIn(t, s.ann.email, password).Refresh,
		"{room}", free.ID,
		"{reservation}", s.reserve(t, s.ann, reserved.ID, 9, 10).ID,
	)}
}

// good is the good request of an operation: its line, body and headers.
func (s scene) good(t *testing.T, op apitest.Operation) (line string, body any, headers []string) {
	t.Helper()
	row := policyOf(t, op)
	if op.TakesBody() {
		body = s.replacer.Replace(row.body)
	}
	if op.TakesIfMatch() {
		headers = []string{"If-Match", `"1"`}
	}
	return s.replacer.Replace(row.line), body, headers
}

// Every operation, for every role.
func TestPolicy(t *testing.T) {
	t.Parallel()
	ids := make([]string, 0, len(policyTable()))
	for _, op := range document.Operations() {
		ids = append(ids, op.ID)
		row := policyOf(t, op)
		roles := []struct {
			name string
			by   func(scene) account
			want int
		}{
			{"guest", func(scene) account { return guest }, row.guest},
			{"user", func(s scene) account { return s.bob }, row.bob},
			{"owner", func(s scene) account { return s.ann }, row.ann},
			{"admin", func(s scene) account { return s.admin }, row.admin},
		}
		for _, role := range roles {
			t.Run(op.ID+"/"+role.name, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, memoryStores())
				line, body, headers := s.good(t, op)
				got := s.send(t, role.by(s), line, body, headers...).want(t, role.want)
				switch role.want {
				case 401:
					got.wantProblem(t, 401, "unauthenticated").wantHeader(t, "WWW-Authenticate", "Bearer")
				case 403:
					got.wantProblem(t, 403, "forbidden")
				case 404:
					got.wantProblem(t, 404, "not-found")
				}
			})
		}
	}
	for _, row := range policyTable() {
		if !slices.Contains(ids, row.operation) {
			t.Errorf("policyTable has a row for %s, which is not in openapi.yaml", row.operation)
		}
	}
}
