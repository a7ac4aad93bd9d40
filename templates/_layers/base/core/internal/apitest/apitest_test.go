package apitest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/app/internal/apitest"
)

const spec = `
openapi: 3.0.3
info: {title: Notes, version: 1.0.0}
paths:
  /notes:
    get:
      operationId: listNotes
      parameters:
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
      responses:
        "200":
          description: All of them
          headers: {Total-Count: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Note"}}}}
  /notes/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      operationId: getNote
      responses:
        "200":
          description: One
          headers: {ETag: {required: true, schema: {type: string, pattern: '^"[0-9]+"$'}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
        "404":
          description: None
          content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
    delete:
      operationId: deleteNote
      parameters:
        - {name: If-Match, in: header, schema: {type: string}}
      security: [{bearer: []}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, additionalProperties: false, properties: {reason: {type: string}}}}}
      responses:
        "204": {description: It is gone}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Note:
      type: object
      additionalProperties: false
      required: [id, author, length, kind, at]
      properties:
        id: {type: string, format: uuid}
        author: {type: string, format: email}
        length: {type: integer}
        kind: {type: string, enum: [short, long]}
        at: {type: string, format: date-time}
    Problem:
      type: object
      required: [type, title, status]
      properties:
        type: {type: string, enum: ["urn:problem-type:not-found"]}
        title: {type: string}
        status: {type: integer}
`

const (
	good = `{"id":"0195f3a0-0000-7000-8000-000000000000","author":"ann@example.com","length":8,"kind":"short",
		"at":"2030-03-04T09:00:00.123456Z"}`
	notFound = `{"type":"urn:problem-type:not-found","title":"There is no such note","status":404}`
	one      = "GET /notes/0195f3a0-0000-7000-8000-000000000000"
	gone     = "DELETE /notes/0195f3a0-0000-7000-8000-000000000000"
)

// A contract is worth nothing if it lets everything through.
func TestCheck(t *testing.T) {
	t.Parallel()
	json, withTag := "Content-Type: application/json", "ETag: \"1\""
	problem := "Content-Type: application/problem+json"
	with := func(body, old, replacement string) string { return strings.Replace(body, old, replacement, 1) }
	tests := []struct {
		name    string
		line    string
		sent    string
		status  int
		headers []string
		body    string
		want    string // a part of the error, or "" where all is well
	}{
		{"good", one, "", 200, []string{json, withTag}, good, ""},
		{"good with a charset", one, "", 200, []string{json + "; charset=utf-8", withTag}, good, ""},
		{"good problem", one, "", 404, []string{problem}, notFound, ""},
		{"good 204", gone, `{"reason":"old"}`, 204, nil, "", ""},
		{"bad UUID", one, "", 200, []string{json, withTag}, with(good, "0195f3a0-", "0195f3a0"), "uuid"},
		{"bad time", one, "", 200, []string{json, withTag}, with(good, "T09:00:00", " 09:00:00"), "date-time"},
		{"bad e-mail address", one, "", 200, []string{json, withTag}, with(good, "ann@", "ann"), "email"},
		{"value not in the enum", one, "", 200, []string{json, withTag}, with(good, `"short"`, `"tall"`), "kind"},
		{"unknown field", one, "", 200, []string{json, withTag}, with(good, "{", `{"version":1,`), "version"},
		{"missing field", one, "", 200, []string{json, withTag}, with(good, `"length":8,`, ""), "length"},
		{"wrong type", one, "", 200, []string{json, withTag}, with(good, "8,", `"8",`), "length"},
		{"bad item of a list", "GET /notes", "", 200, []string{json, "Total-Count: 1"}, "[" + with(good, "8,", `"8",`) + "]", "length"},
		{"missing header", one, "", 200, []string{json}, good, "ETag"},
		{"weak ETag", one, "", 200, []string{json, `ETag: W/"1"`}, good, "ETag"},
		{"undocumented status", one, "", 202, []string{json, withTag}, good, "status"},
		{"undocumented content type", one, "", 200, []string{"Content-Type: text/plain", withTag}, good, "Content-Type"},
		{"plain JSON for a problem", one, "", 404, []string{json}, notFound, "Content-Type"},
		{"problem of another status", one, "", 404, []string{problem}, with(notFound, "404", "410"), "410"},
		{"undocumented type of problem", one, "", 404, []string{problem}, with(notFound, "not-found", "gone"), "type"},
		{"body of a 204", gone, "{}", 204, nil, "{}", "204"},
		{"bad request that is accepted", gone, `{"token":"x"}`, 204, nil, "", "forbids"},
		{"bad parameter that is accepted", "GET /notes?page=0", "", 200, []string{json, "Total-Count: 0"}, "[]", "forbids"},
		{"unknown path", "GET /nothing", "", 404, []string{problem}, notFound, ""},
		{"unknown path that answers", "GET /nothing", "", 200, []string{json}, "{}", "not in the contract"},
		{"unknown path without a problem", "GET /nothing", "", 404, []string{json}, notFound, "Content-Type"},
		{"unknown path with half a problem", "GET /nothing", "", 404, []string{problem}, `{"status":404}`, "type"},
		{"path with a slash too many", "GET /notes/", "", 200, []string{json}, "[]", "not in the contract"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := exchange(t, load(t), test.line, test.sent, test.status, test.headers, test.body)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("Check = %v, want no error", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("Check = %v, want an error with %q", err, test.want)
			}
		})
	}
}

func load(t *testing.T) *apitest.Contract {
	t.Helper()
	c, err := apitest.Load([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func exchange(t *testing.T, c *apitest.Contract, line, sent string, status int, headers []string, body string) error {
	t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(sent))
	if sent != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	header := make(http.Header)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Set(name, value)
	}
	return c.Check(r, []byte(sent), apitest.Answer{Status: status, Header: header, Body: []byte(body)})
}

func TestUnseen(t *testing.T) {
	t.Parallel()
	c := load(t)
	if err := exchange(t, c, gone, "{}", 204, nil, ""); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Unseen(), ", "); got != "getNote 200, getNote 404, listNotes 200" {
		t.Errorf("Unseen() = %s, want all but deleteNote", got)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	all := load(t).Operations()
	if len(all) != 3 {
		t.Fatalf("Operations() = %v, want 3", all)
	}
	remove, get, list := all[0], all[1], all[2]
	if remove.ID != "deleteNote" || remove.Method != http.MethodDelete || remove.Path != "/notes/{id}" {
		t.Errorf("Operations()[0] = %s %s %s, want deleteNote DELETE /notes/{id}", remove.ID, remove.Method, remove.Path)
	}
	if !remove.TakesBody() || !remove.TakesIfMatch() || !remove.TakesID() || !remove.NeedsLogin() || remove.TakesPage() || remove.Answers(200) {
		t.Error("deleteNote takes a body, If-Match, an id and a token, no page, and answers 204 alone")
	}
	if !list.TakesPage() || list.TakesBody() || list.TakesID() || list.TakesIfMatch() || list.TakesToken() || !get.Answers(404) {
		t.Error("listNotes takes a page, and nothing else; getNote may answer 404")
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a: [", "openapi: 3.0.3", strings.Replace(spec, "schemas/Problem\"", "schemas/Nothing\"", 1)} {
		if _, err := apitest.Load([]byte(bad)); err == nil {
			t.Errorf("Load(%.40q…) succeeds", bad)
		}
	}
}
