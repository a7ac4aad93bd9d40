package httpapi_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/apitest"
	"example.com/app/internal/request"
)

// fault is something wrong that the client sends, to each operation that can
// have it.
type fault struct {
	name   string
	to     func(apitest.Operation) bool
	want   refusal
	fields []string // that are named

	line    func(string) string // changes the line of a good request
	body    string              // instead of the good one
	headers []string
	guest   bool // sent without a token, where it is otherwise sent by an admin
}

// refusal is the status and the type of a problem.
type refusal struct {
	status int
	name   string
}

var idInPath = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

func otherID(id string) func(string) string {
	return func(line string) string { return idInPath.ReplaceAllLiteralString(line, id) }
}

func query(parameters string) func(string) string {
	return func(line string) string {
		path, _, _ := strings.Cut(line, "?")
		return path + "?" + parameters
	}
}

func faults() []fault {
	const tooLong = request.MaxBodyBytes + 1
	var (
		malformed = refusal{400, "malformed-request"}
		noToken   = refusal{401, "unauthenticated"}
		badToken  = refusal{401, "invalid-token"}
		notFound  = refusal{404, "not-found"}
		stale     = refusal{412, "version-mismatch"}
		tooLarge  = refusal{413, "body-too-large"}
		wrongType = refusal{415, "unsupported-media-type"}
		noIfMatch = refusal{428, "if-match-required"}

		body    = apitest.Operation.TakesBody
		ifMatch = apitest.Operation.TakesIfMatch
		id      = apitest.Operation.TakesID
		list    = apitest.Operation.TakesPage
		login   = apitest.Operation.NeedsLogin
		token   = apitest.Operation.TakesToken
	)
	return []fault{
		{name: "no token", to: login, want: noToken, guest: true},
		{name: "no token and a bad body", to: func(op apitest.Operation) bool { return login(op) && body(op) }, want: noToken, body: "{", guest: true},
		{name: "bad token", to: token, want: badToken, headers: []string{"Authorization", "Bearer x"}},
		{name: "bad token before bad id", to: func(op apitest.Operation) bool { return token(op) && id(op) },
			want: badToken, line: otherID("1"), headers: []string{"Authorization", "Bearer x"}},

		{name: "no media type", to: body, want: wrongType, headers: []string{"Content-Type", ""}},
		{name: "wrong media type", to: body, want: wrongType, headers: []string{"Content-Type", "text/plain"}},
		{name: "form", to: body, want: wrongType, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{name: "long body", to: body, want: tooLarge, body: `{"name":"` + strings.Repeat("a", tooLong) + `"}`},
		{name: "body with a long tail", to: body, want: tooLarge, body: "{}" + strings.Repeat(" ", tooLong)},
		{name: "empty body", to: body, want: malformed, body: " "},
		{name: "broken JSON", to: body, want: malformed, body: "{"},
		{name: "two objects", to: body, want: malformed, body: "{} {}"},
		{name: "array", to: body, want: malformed, body: "[]"},
		{name: "null", to: body, want: malformed, body: "null"},
		{name: "text", to: body, want: malformed, body: `"name"`},
		{name: "unknown field", to: body, want: malformed, body: `{"colour":"red"}`, fields: []string{"colour"}},
		{name: "unknown field with a slash", to: body, want: malformed, body: `{"a/~b":1}`, fields: []string{"a/~b"}},
		{name: "field given twice", to: body, want: malformed, body: `{"colour":1,"colour":1}`, fields: []string{"colour"}},
		{name: "invalid UTF-8", to: body, want: malformed, body: "{\"\xff\":1}"},

		{name: "no If-Match", to: ifMatch, want: noIfMatch, headers: []string{"If-Match", ""}},
		{name: "stale If-Match", to: ifMatch, want: stale, headers: []string{"If-Match", `"2"`}},
		{name: "weak If-Match", to: ifMatch, want: stale, headers: []string{"If-Match", `W/"1"`}},
		{name: "foreign If-Match", to: ifMatch, want: stale, headers: []string{"If-Match", `"33a64df5"`}},
		{name: "padded If-Match", to: ifMatch, want: stale, headers: []string{"If-Match", `"01"`}},
		{name: "two tags in If-Match", to: ifMatch, want: malformed, headers: []string{"If-Match", `"1", "2"`}, fields: []string{"If-Match"}},
		{name: "If-Match without quotes", to: ifMatch, want: malformed, headers: []string{"If-Match", "1"}, fields: []string{"If-Match"}},

		{name: "unknown id", to: id, want: notFound, line: otherID(uuid.Max.String())},
		{name: "number for an id", to: id, want: malformed, line: otherID("1"), fields: []string{"id"}},
		{name: "id as a URN", to: id, want: malformed, line: otherID("urn:uuid:" + uuid.Max.String()), fields: []string{"id"}},
		{name: "id in braces", to: id, want: malformed, line: otherID("%7B" + uuid.Max.String() + "%7D"), fields: []string{"id"}},
		{name: "id without hyphens", to: id, want: malformed, line: otherID(strings.ReplaceAll(uuid.Max.String(), "-", "")), fields: []string{"id"}},
		{name: "id with a NUL", to: id, want: malformed, line: otherID("0195f3a0-0000-7000-8000-00000000000%00"), fields: []string{"id"}},
		{name: "id with a slash", to: id, want: notFound, line: otherID("0195f3a0%2F0000-7000-8000-000000000000")},

		{name: "unknown parameter", to: list, want: malformed, line: query("colour=red"), fields: []string{"colour"}},
		{name: "page that is no number", to: list, want: malformed, line: query("page=abc"), fields: []string{"page"}},
		{name: "page 0", to: list, want: malformed, line: query("page=0"), fields: []string{"page"}},
		{name: "page past all bounds", to: list, want: malformed, line: query("page=1001"), fields: []string{"page"}},
		{name: "page past all integers", to: list, want: malformed, line: query("page=99999999999999999999"), fields: []string{"page"}},
		{name: "half a page", to: list, want: malformed, line: query("page=1.5"), fields: []string{"page"}},
		{name: "no page", to: list, want: malformed, line: query("page="), fields: []string{"page"}},
		{name: "two pages", to: list, want: malformed, line: query("page=1&page=2"), fields: []string{"page"}},
		{name: "long page", to: list, want: malformed, line: query("page_size=101"), fields: []string{"page_size"}},
		{name: "page without items", to: list, want: malformed, line: query("page_size=0"), fields: []string{"page_size"}},
		{name: "unknown order", to: list, want: malformed, line: query("sort=id"), fields: []string{"sort"}},
		{name: "two minus signs", to: list, want: malformed, line: query("sort=--created_at"), fields: []string{"sort"}},
		{name: "order in SQL", to: list, want: malformed, line: query("sort=created_at%20desc"), fields: []string{"sort"}},
		{name: "everything at once", to: list, want: malformed, line: query("page=0&colour=red&page_size=0&sort=x"),
			fields: []string{"page", "page_size", "sort", "colour"}},
		{name: "broken escape", to: list, want: malformed, line: query("page=%zz")},
		{name: "semicolon", to: list, want: malformed, line: query("page=1;page_size=2")},
	}
}

// Every fault, at every operation that can have it, on one service: what is
// refused changes nothing.
func TestFaults(t *testing.T) {
	t.Parallel()
	s := newScene(t, memoryStores())
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range document.Operations() {
				if !f.to(op) {
					continue
				}
				line, body, headers := s.good(t, op)
				if f.line != nil {
					line = f.line(line)
				}
				if f.body != "" {
					body = f.body
				}
				by := s.admin
				if f.guest {
					by = guest
				}
				got := s.send(t, by, line, body, append(headers, f.headers...)...)
				got.wantProblem(t, f.want.status, f.want.name, f.fields...)
				if f.want.status == 401 {
					got.wantHeader(t, "WWW-Authenticate", "Bearer")
				}
			}
		})
	}
}

// If-Match with a star means whichever version there is.
func TestAnyVersion(t *testing.T) {
	t.Parallel()
	for _, op := range document.Operations() {
		if !op.TakesIfMatch() {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, memoryStores())
			line, body, _ := s.good(t, op)
			s.send(t, s.admin, line, body, "If-Match", "*").want(t, policyOf(t, op).admin)
		})
	}
}

// A bad token is nothing to those operations that ask for none.
func TestTokenThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	for _, op := range document.Operations() {
		if op.TakesToken() {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, memoryStores())
			line, body, _ := s.good(t, op)
			s.send(t, account{token: "expired"}, line, body).want(t, policyOf(t, op).guest)
		})
	}
}

// Values of a wrong type, each for the field that it is in.
func TestFieldsOfAWrongType(t *testing.T) {
	t.Parallel()
	s := newScene(t, memoryStores())
	tests := []struct {
		name  string
		line  string
		body  string
		field string
	}{
		{"number for a text", "POST /v1/auth/login", `{"email":1,"password":"x"}`, "email"},
		{"null for a text", "POST /v1/auth/login", `{"email":null,"password":"x"}`, "email"},
		{"object for a text", "POST /v1/auth/refresh", `{"refresh_token":{}}`, "refresh_token"},
		{"text for a number", "POST /v1/rooms", `{"name":"Bromo","capacity":"8"}`, "capacity"},
		{"fraction", "POST /v1/rooms", `{"name":"Bromo","capacity":8.5}`, "capacity"},
		{"exponent", "POST /v1/rooms", `{"name":"Bromo","capacity":1e400}`, "capacity"},
		{"number past all integers", "POST /v1/rooms", `{"name":"Bromo","capacity":99999999999999999999}`, "capacity"},
		{"name in another case", "POST /v1/rooms", `{"Name":"Bromo","capacity":8}`, "Name"},
		{"null in a change", "PATCH /v1/rooms/{room}", `{"description":null}`, "description"},
		{"text for a truth", "PATCH /v1/users/{ann}", `{"active":"true"}`, "active"},
		{"number for a role", "PATCH /v1/users/{ann}", `{"role":1}`, "role"},
		{"bad id", "POST /v1/reservations", `{"room_id":"1"}`, "room_id"},
		{"id as a URN", "POST /v1/reservations", `{"room_id":"urn:uuid:0195f3a0-0000-7000-8000-000000000000"}`, "room_id"},
		{"date for a time", "POST /v1/reservations", `{"starts_at":"2030-03-05"}`, "starts_at"},
		{"time without a zone", "POST /v1/reservations", `{"starts_at":"2030-03-05T10:00:00"}`, "starts_at"},
		{"number for a time", "PATCH /v1/reservations/{reservation}", `{"ends_at":1}`, "ends_at"},
		{"no password", "POST /v1/auth/login", `{"email":"ann@example.com"}`, "password"},
		{"no token to end", "POST /v1/auth/logout", `{}`, "refresh_token"},
		{"no current password", "PUT /v1/me/password", `{"new_password":"correct horse battery"}`, "current_password"},
		{"no capacity", "PUT /v1/rooms/{room}", `{"name":"Bromo"}`, "capacity"},
		{"no room", "POST /v1/reservations", `{"title":"x","starts_at":"2030-03-05T10:00:00Z","ends_at":"2030-03-05T11:00:00Z"}`, "room_id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s.send(t, s.admin, s.replacer.Replace(test.line), test.body, "If-Match", "*").
				wantProblem(t, 400, "malformed-request", test.field)
		})
	}
}

// Parameters that only some lists have.
func TestBadParameters(t *testing.T) {
	t.Parallel()
	s := newScene(t, memoryStores())
	tests := []struct {
		name   string
		line   string
		fields []string
	}{
		{"NUL", "GET /v1/rooms?q=a%00", []string{"q"}},
		{"invalid UTF-8", "GET /v1/rooms?q=a%ff", []string{"q"}},
		{"no word", "GET /v1/rooms?q=%25_", []string{"q"}},
		{"long text", "GET /v1/rooms?q=" + strings.Repeat("a", 101), []string{"q"}},
		{"no persons", "GET /v1/rooms?min_capacity=0", []string{"min_capacity"}},
		{"bad time", "GET /v1/rooms?from=tomorrow&to=2030-03-05T10:00:00Z", []string{"from"}},
		{"plus that is a space", "GET /v1/rooms?from=2030-03-05T10:00:00+07:00&to=2030-03-05T12:00:00%2B07:00", []string{"from"}},
		{"from without to", "GET /v1/rooms?from=2030-03-05T10:00:00Z", []string{"to"}},
		{"to without from", "GET /v1/rooms?to=2030-03-05T10:00:00Z", []string{"from"}},
		{"to before from", "GET /v1/rooms?from=2030-03-05T10:00:00Z&to=2030-03-05T09:00:00Z", []string{"to"}},
		{"nothing between from and to", "GET /v1/reservations?from=2030-03-05T10:00:00Z&to=2030-03-05T10:00:00Z", []string{"to"}},
		{"less than a microsecond", "GET /v1/rooms?from=2030-03-05T10:00:00.0000001Z&to=2030-03-05T10:00:00.0000002Z", []string{"to"}},
		{"bad status", "GET /v1/reservations?status=pending", []string{"status"}},
		{"bad ids", "GET /v1/reservations?room_id=1&user_id=urn:uuid:0195f3a0-0000-7000-8000-000000000000", []string{"user_id", "room_id"}},
		{"order of another list", "GET /v1/reservations?sort=name", []string{"sort"}},
		{"bad role", "GET /v1/users?role=guest", []string{"role"}},
		{"bad truth", "GET /v1/users?active=1", []string{"active"}},
		{"NUL in an address", "GET /v1/users?email=a%00", []string{"email"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s.send(t, s.admin, test.line, nil).wantProblem(t, 400, "malformed-request", test.fields...)
		})
	}
}
