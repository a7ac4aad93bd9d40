package request_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/request"
)

// thing has a field of every type that bodies have.
type thing struct {
	Name    string     `json:"name,omitzero"`
	Count   int        `json:"count,omitzero"`
	ID      uuid.UUID  `json:"id,omitzero"`
	At      time.Time  `json:"at,omitzero"`
	Title   *string    `json:"title"`
	Active  *bool      `json:"active"`
	Size    *int       `json:"size"`
	StartAt *time.Time `json:"starts_at"`
}

func post(contentType string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func TestBody(t *testing.T) {
	t.Parallel()
	const id = "0195f3a0-0000-7000-8000-000000000000"
	at := time.Date(2030, time.March, 4, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		body string
		want thing
	}{
		{`{}`, thing{}},
		{" \n{ }\t", thing{}},
		{`{"name":"a\u00e9","count":-3}`, thing{Name: "aé", Count: -3}},
		{`{"id":"` + id + `","at":"2030-03-04T12:00:00Z"}`, thing{ID: uuid.MustParse(id), At: at}},
		{`{"title":"","active":false,"size":0}`, thing{Title: new(""), Active: new(false), Size: new(0)}},
		{`{"starts_at":"2030-03-04T12:00:00.5Z"}`, thing{StartAt: new(at.Add(time.Second / 2))}},
	}
	for _, test := range tests {
		var got thing
		if err := request.Body(post("application/json; charset=utf-8", []byte(test.body)), &got); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("Body(%s) = %+v, %v, want %+v", test.body, got, err, test.want)
		}
	}
}

func TestMalformedBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		body   string
		fields []string
	}{
		{"empty", "", nil},
		{"blank", " ", nil},
		{"half", `{"name":"a"`, nil},
		{"two objects", `{}{}`, nil},
		{"array", `[]`, nil},
		{"null", `null`, nil},
		{"text", `"name"`, nil},
		{"comment", `{/**/}`, nil},
		{"trailing comma", `{"name":"a",}`, nil},
		{"byte order mark", "\ufeff{}", nil},
		{"invalid UTF-8", "{\"name\":\"\xff\"}", nil},
		{"half a surrogate pair", `{"name":"\ud800"}`, nil},
		{"unknown", `{"colour":"red"}`, []string{"colour"}},
		{"name in another case", `{"Name":"a"}`, []string{"Name"}},
		{"given twice", `{"name":"a","name":"a"}`, []string{"name"}},
		{"given twice, once in escapes", `{"name":"a","\u006eame":"a"}`, []string{"name"}},
		{"null for a text", `{"name":null}`, []string{"name"}},
		{"null for an optional text", `{"title":null}`, []string{"title"}},
		{"null for an id", `{"id":null}`, []string{"id"}},
		{"number for a text", `{"name":1}`, []string{"name"}},
		{"object for a text", `{"name":{}}`, []string{"name"}},
		{"text for a number", `{"count":"1"}`, []string{"count"}},
		{"fraction", `{"count":1.5}`, []string{"count"}},
		{"large number", `{"size":99999999999999999999}`, []string{"size"}},
		{"text for a truth", `{"active":"true"}`, []string{"active"}},
		{"bad id", `{"id":"1"}`, []string{"id"}},
		{"id as a URN", `{"id":"urn:uuid:0195f3a0-0000-7000-8000-000000000000"}`, []string{"id"}},
		{"number for an id", `{"id":1}`, []string{"id"}},
		{"date for a time", `{"at":"2030-03-04"}`, []string{"at"}},
		{"time without a zone", `{"starts_at":"2030-03-04T12:00:00"}`, []string{"starts_at"}},
		{"number for a time", `{"at":1}`, []string{"at"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantMalformed(t, "Body("+test.body+")", request.Body(post("application/json", []byte(test.body)), new(thing)), test.fields...)
		})
	}
}

func TestMissingFields(t *testing.T) {
	t.Parallel()
	type required struct {
		Name  string    `json:"name"`
		ID    uuid.UUID `json:"id"`
		Note  string    `json:"note,omitzero"`
		Title *string   `json:"title"`
	}
	const id = `"id":"0195f3a0-0000-7000-8000-000000000000"`
	tests := []struct {
		body   string
		fields []string
	}{
		{`{"name":"",` + id + `}`, nil},
		{`{"name":""}`, []string{"id"}},
		{`{` + id + `,"note":"a","title":"b"}`, []string{"name"}},
		{`{}`, []string{"name", "id"}},
	}
	for _, test := range tests {
		err := request.Body(post("application/json", []byte(test.body)), new(required))
		if test.fields == nil {
			if err != nil {
				t.Errorf("Body(%s) = error %v, want none", test.body, err)
			}
			continue
		}
		wantMalformed(t, "Body("+test.body+")", err, test.fields...)
	}
}

func TestExpectedTypes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"name":1}`:     "name must be a string",
		`{"count":"1"}`:  "count must be a whole number",
		`{"size":1.5}`:   "size must be a whole number",
		`{"active":1}`:   "active must be true or false",
		`{"id":"1"}`:     "id must be a UUID",
		`{"at":"x"}`:     "at must be a time such as 2030-01-31T09:00:00Z",
		`{"title":null}`: "title must not be null",
		`{"a/b":1}`:      "a/b is unknown",
		`{"a~b":1}`:      "a~b is unknown",
	} {
		if err := request.Body(post("application/json", []byte(body)), new(thing)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("Body(%s) = error %v, want one that ends with %q", body, err, want)
		}
	}
}

func TestMediaType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]error{
		"application/json":                  nil,
		"Application/JSON":                  nil,
		"application/json;charset=utf-8":    nil,
		"":                                  request.ErrMediaType,
		"application/json, text/plain":      request.ErrMediaType,
		"text/json":                         request.ErrMediaType,
		"application/problem+json":          request.ErrMediaType,
		"application/x-www-form-urlencoded": request.ErrMediaType,
	} {
		if err := request.Body(post(contentType, []byte("{}")), new(thing)); !errors.Is(err, want) {
			t.Errorf("Body as %q = error %v, want %v", contentType, err, want)
		}
	}
}

func TestBodyLength(t *testing.T) {
	t.Parallel()
	longest := append([]byte("{}"), bytes.Repeat([]byte(" "), request.MaxBodyBytes-2)...)
	if err := request.Body(post("application/json", longest), new(thing)); err != nil {
		t.Errorf("Body of %d bytes = error %v, want none", len(longest), err)
	}
	if err := request.Body(post("application/json", append(longest, ' ')), new(thing)); !errors.Is(err, request.ErrTooLarge) {
		t.Errorf("Body of one byte more = error %v, want %v", err, request.ErrTooLarge)
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("connection reset")))
	r.Header.Set("Content-Type", "application/json")
	wantMalformed(t, "Body of a broken connection", request.Body(r, new(thing)))
}

// What Body accepts, encoding/json accepts, too, and reads as the same. Nothing
// makes it panic or fail in a way that is not documented.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"name":"a","count":1}`, `{"name":"a","name":"b"}`, `{"count":1e2}`, `{"id":"0195f3a0-0000-7000-8000-000000000000"}`,
		`{"at":"2030-03-04T12:00:00+07:00"}`, `{"title":null}`, `{"a/b":[{"c":1}]}`, `{"active":true} x`, "{\"name\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got thing
		err := request.Body(post("application/json", body), &got)
		if err != nil {
			if _, malformed := errors.AsType[*request.MalformedError](err); !malformed && !errors.Is(err, request.ErrTooLarge) {
				t.Fatalf("Body(%q) = error %v of an undocumented kind", body, err)
			}
			return
		}
		var want thing
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("Body(%q) = no error, and of encoding/json: %v", body, err)
		}
		gotJSON, err := json.Marshal(got)
		wantJSON, wantErr := json.Marshal(want)
		if err != nil || wantErr != nil || !bytes.Equal(gotJSON, wantJSON) {
			t.Errorf("Body(%q) = %s, %v, want %s, %v", body, gotJSON, err, wantJSON, wantErr)
		}
	})
}
