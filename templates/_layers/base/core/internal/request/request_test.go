package request_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/request"
)

// get returns a request with headers, given as names and values in turn.
func get(target string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for header := range slices.Chunk(headers, 2) {
		r.Header.Add(header[0], header[1])
	}
	return r
}

// wantMalformed fails the test unless err names the fields given and no other.
func wantMalformed(t *testing.T, call string, err error, fields ...string) {
	t.Helper()
	malformed, ok := errors.AsType[*request.MalformedError](err)
	if !ok {
		t.Errorf("%s = error %v, want *MalformedError", call, err)
		return
	}
	var named []string
	for _, f := range malformed.Fields {
		named = append(named, f.Name)
	}
	if !slices.Equal(named, fields) || malformed.Detail == "" {
		t.Errorf("%s = error %v for the fields %q, want a detail and %q", call, err, named, fields)
	}
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	const none, bad = -1, -2 // the version of nothing, and an error
	tests := []struct {
		tag  string
		want int
	}{
		{"*", request.AnyVersion},
		{request.ETag(1), 1},
		{request.ETag(1234567), 1234567},
		{`W/"1"`, none},
		{`"0"`, none},
		{`"-1"`, none},
		{`"01"`, none},
		{`"+1"`, none},
		{`""`, none},
		{`"abc"`, none},
		{`"99999999999999999999"`, none},
		{`1`, bad},
		{`"1`, bad},
		{`1"`, bad},
		{`"`, bad},
		{`"1", "2"`, bad},
		{`"1" `, 1}, // net/http trims
		{`w/"1"`, bad},
		{`**`, bad},
		{``, bad},
	}
	for _, test := range tests {
		got, err := request.IfMatch(get("/", "If-Match", strings.TrimSpace(test.tag)))
		switch {
		case test.want == bad:
			wantMalformed(t, "IfMatch("+test.tag+")", err, "If-Match")
		case err != nil || got != test.want:
			t.Errorf("IfMatch(%s) = %d, %v, want %d", test.tag, got, err, test.want)
		}
	}
	if _, err := request.IfMatch(get("/")); !errors.Is(err, request.ErrNoIfMatch) {
		t.Errorf("IfMatch() = error %v, want %v", err, request.ErrNoIfMatch)
	}
	_, err := request.IfMatch(get("/", "If-Match", `"1"`, "If-Match", `"2"`))
	wantMalformed(t, "IfMatch in two headers", err, "If-Match")
}

func TestBearerToken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header string
		want   string
		given  bool
	}{
		{"", "", false},
		{"Bearer abc", "abc", true},
		{"bearer abc", "abc", true},
		{"BEARER  abc ", "abc", true},
		{"Bearer", "", true},
		{"Basic abc", "", true},
		{"abc", "", true},
	}
	for _, test := range tests {
		got, given := request.BearerToken(get("/", "Authorization", test.header))
		if got != test.want || given != test.given {
			t.Errorf("BearerToken(%q) = %q, %t, want %q, %t", test.header, got, given, test.want, test.given)
		}
	}
}

func TestPathID(t *testing.T) {
	t.Parallel()
	want := uuid.MustParse("0195f3a0-0000-7000-8000-000000000000")
	for _, s := range []string{want.String(), strings.ToUpper(want.String())} {
		if got, err := request.PathID("id", s); err != nil || got != want {
			t.Errorf("PathID(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{
		"", "1", want.URN(), "{" + want.String() + "}", strings.ReplaceAll(want.String(), "-", ""),
		want.String() + " ", "0195f3a0-0000-7000-8000-00000000000g", "0195f3a0-0000-7000-8000-00000000000\x00",
	} {
		_, err := request.PathID("id", s)
		wantMalformed(t, "PathID("+s+")", err, "id")
	}
}
