package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// The contract is worth nothing if it lets everything through.
func TestContract(t *testing.T) {
	t.Parallel()
	const (
		goodRoom = `{"id":"0195f3a0-0000-7000-8000-000000000000","name":"Merapi","description":"","capacity":8,
			"created_at":"2030-03-04T09:00:00Z","updated_at":"2030-03-04T09:00:00.123456Z"}`
		goodUser = `{"id":"0195f3a0-0000-7000-8000-000000000000","email":"ann@example.com","name":"Ann","role":"user",
			"active":true,"created_at":"2030-03-04T09:00:00Z","updated_at":"2030-03-04T09:00:00Z"}`
		notFound = `{"type":"urn:problem-type:not-found","title":"There is no such room","status":404}`
		oneRoom  = "GET /v1/rooms/0195f3a0-0000-7000-8000-000000000000"
	)
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
		{"good", oneRoom, "", 200, []string{json, withTag}, goodRoom, ""},
		{"good with a charset", oneRoom, "", 200, []string{json + "; charset=utf-8", withTag}, goodRoom, ""},
		{"good problem", oneRoom, "", 404, []string{problem}, notFound, ""},
		{"bad UUID", oneRoom, "", 200, []string{json, withTag}, with(goodRoom, "0195f3a0-", "0195f3a0"), "uuid"},
		{"bad time", oneRoom, "", 200, []string{json, withTag}, with(goodRoom, "T09:00:00Z", " 09:00:00"), "date-time"},
		{"bad e-mail address", "GET /v1/me", "", 200, []string{json}, with(goodUser, "ann@", "ann"), "email"},
		{"value not in the enum", "GET /v1/me", "", 200, []string{json}, with(goodUser, `"user"`, `"guest"`), "role"},
		{"unknown field", oneRoom, "", 200, []string{json, withTag}, with(goodRoom, "{", `{"version":1,`), "version"},
		{"missing field", oneRoom, "", 200, []string{json, withTag}, with(goodRoom, `"capacity":8,`, ""), "capacity"},
		{"wrong type", oneRoom, "", 200, []string{json, withTag}, with(goodRoom, "8,", `"8",`), "capacity"},
		{"bad item of a list", "GET /v1/rooms", "", 200, []string{json, `Link: <>; rel="first"`, "Total-Count: 1"},
			`{"items":[` + with(goodRoom, "8,", `"8",`) + `],"total":1,"page":1,"page_size":20}`, "capacity"},
		{"missing header", oneRoom, "", 200, []string{json}, goodRoom, "ETag"},
		{"weak ETag", oneRoom, "", 200, []string{json, `ETag: W/"1"`}, goodRoom, "ETag"},
		{"undocumented status", oneRoom, "", 202, []string{json, withTag}, goodRoom, "status"},
		{"undocumented content type", oneRoom, "", 200, []string{"Content-Type: text/plain", withTag}, goodRoom, "Content-Type"},
		{"plain JSON for a problem", oneRoom, "", 404, []string{json}, notFound, "Content-Type"},
		{"problem of another status", oneRoom, "", 404, []string{problem}, with(notFound, "404", "410"), "410"},
		{"undocumented type of problem", oneRoom, "", 404, []string{problem}, with(notFound, "not-found", "gone"), "type"},
		{"body of a 204", "POST /v1/auth/logout", `{"refresh_token":"x"}`, 204, nil, "{}", "204"},
		{"bad request that is accepted", "POST /v1/auth/logout", `{"token":"x"}`, 204, nil, "", "forbids"},
		{"bad parameter that is accepted", "GET /v1/rooms?page=0", "", 200,
			[]string{json, "Link: <>", "Total-Count: 0"}, `{"items":[],"total":0,"page":1,"page_size":20}`, "forbids"},
		{"unknown path", "GET /v1/nothing", "", 404, []string{problem}, notFound, ""},
		{"unknown path that answers", "GET /v1/nothing", "", 200, []string{json}, "{}", "not in openapi.yaml"},
		{"unknown path without a problem", "GET /v1/nothing", "", 404, []string{json}, notFound, "Content-Type"},
		{"unknown path with half a problem", "GET /v1/nothing", "", 404, []string{problem}, `{"status":404}`, "type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fresh, err := newContract() // what happens here is no use of the API
			if err != nil {
				t.Fatal(err)
			}
			var body any
			if test.sent != "" {
				body = test.sent
			}
			r, sent := new(service).request(t, guest, test.line, body)
			header := make(http.Header)
			for _, line := range test.headers {
				name, value, _ := strings.Cut(line, ": ")
				header.Set(name, value)
			}
			err = fresh.check(r, sent, answer{line: test.line, status: test.status, header: header, body: []byte(test.body)})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("check = %v, want no error", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("check = %v, want an error with %q", err, test.want)
			}
		})
	}
}
