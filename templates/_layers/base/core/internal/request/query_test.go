package request_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/request"
)

// read reads a parameter of each kind, and a page.
func read(rawQuery string) (*request.Query, page.Request) {
	q := request.NewQuery(&http.Request{URL: &url.URL{RawQuery: rawQuery}})
	q.Text("q", 10)
	q.Int("n", 1, 100)
	q.Bool("b")
	q.Time("t")
	q.ID("id")
	q.OneOf("role", "user", "admin")
	p := q.Page("name", "created_at")
	return q, p
}

func TestQuery(t *testing.T) {
	t.Parallel()
	const id = "0195f3a0-0000-7000-8000-000000000000"
	q := request.NewQuery(get("/?q=a+%25b&n=007&b=false&t=2030-03-04T12:00:00%2B07:00&id=" + id +
		"&role=admin&page=2&page_size=50&sort=-name"))
	if got := q.Text("q", 10); got != "a %b" {
		t.Errorf("Text() = %q, want %q", got, "a %b")
	}
	if got, ok := q.Int("n", 1, 100); got != 7 || !ok {
		t.Errorf("Int() = %d, %t, want 7, true", got, ok)
	}
	if got := q.Bool("b"); got == nil || *got {
		t.Errorf("Bool() = %v, want false", got)
	}
	if got, want := q.Time("t"), time.Date(2030, time.March, 4, 5, 0, 0, 0, time.UTC); got == nil || !got.Equal(want) {
		t.Errorf("Time() = %v, want %v", got, want)
	}
	if got := q.ID("id"); got == nil || *got != uuid.MustParse(id) {
		t.Errorf("ID() = %v, want %s", got, id)
	}
	if got := q.OneOf("role", "user", "admin"); got != "admin" {
		t.Errorf("OneOf() = %q, want admin", got)
	}
	want := page.Request{Number: 2, Size: 50, Sort: page.Sort{Key: "name", Descending: true}}
	if got := q.Page("created_at", "name"); got != want {
		t.Errorf("Page() = %+v, want %+v", got, want)
	}
	if err := q.Err(); err != nil {
		t.Errorf("Err() = %v, want nil", err)
	}
}

func TestAbsentParameters(t *testing.T) {
	t.Parallel()
	q := request.NewQuery(get("/"))
	if n, ok := q.Int("n", 1, 2); n != 0 || ok {
		t.Errorf("Int() = %d, %t, want 0, false", n, ok)
	}
	if q.Text("q", 1) != "" || q.Bool("b") != nil || q.Time("t") != nil || q.ID("id") != nil || q.OneOf("role", "user") != "" {
		t.Error("an absent parameter has a value, want nil or the zero value")
	}
	want := page.Request{Number: 1, Size: page.DefaultSize, Sort: page.Sort{Key: "name"}}
	if got := q.Page("name", "created_at"); got != want {
		t.Errorf("Page() = %+v, want %+v", got, want)
	}
	if err := q.Err(); err != nil {
		t.Errorf("Err() = %v, want nil", err)
	}
}

func TestBadQuery(t *testing.T) {
	t.Parallel()
	tests := []struct {
		query  string
		fields []string
	}{
		{"q=", []string{"q"}},
		{"q=a&q=b", []string{"q"}},
		{"q=" + strings.Repeat("a", 11), []string{"q"}},
		{"q=a%00", []string{"q"}},
		{"q=%ff1", []string{"q"}},
		{"q=%25", []string{"q"}},
		{"n=0", []string{"n"}},
		{"n=101", []string{"n"}},
		{"n=1e1", []string{"n"}},
		{"n=0x1", []string{"n"}},
		{"n=1_0", []string{"n"}},
		{"n=%201", []string{"n"}},
		{"n=99999999999999999999", []string{"n"}},
		{"b=1", []string{"b"}},
		{"b=True", []string{"b"}},
		{"t=2030-03-04", []string{"t"}},
		{"t=2030-03-04T12:00:00", []string{"t"}},
		{"t=2030-03-04T12:00:00+07:00", []string{"t"}}, // + is a space
		{"t=2030-02-30T12:00:00Z", []string{"t"}},
		{"id=1", []string{"id"}},
		{"id=urn:uuid:0195f3a0-0000-7000-8000-000000000000", []string{"id"}},
		{"role=owner", []string{"role"}},
		{"role=Admin", []string{"role"}},
		{"page=0", []string{"page"}},
		{"page=1001", []string{"page"}},
		{"page_size=101", []string{"page_size"}},
		{"sort=id", []string{"sort"}},
		{"Q=a", []string{"Q"}},
		{"=a", []string{""}},
		{"z=1&x=1&y=1&n=0", []string{"n", "x", "y", "z"}},
		{"q=%zz", nil},
		{"q=a;n=1", nil},
	}
	for _, test := range tests {
		q, _ := read(test.query)
		wantMalformed(t, "Err() of "+test.query, q.Err(), test.fields...)
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	q := request.NewQuery(get("/"))
	q.Fault("to", "must be after from, 100%")
	wantMalformed(t, "Err()", q.Err(), "to")
	if err := q.Err(); !strings.Contains(err.Error(), "to must be after from, 100%") {
		t.Errorf("Err() = %v, want the message as it is", err)
	}
}

// What is accepted holds only what was asked for, within its bounds.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "q=a", "n=1&b=true", "t=2030-03-04T12:00:00Z", "role=user&page=2&page_size=3&sort=-name", "q=%zz", "q=a;n=1", "q=%00", "&&", "q", "=",
	} {
		f.Add(seed)
	}
	known := []string{"q", "n", "b", "t", "id", "role", "page", "page_size", "sort"}
	f.Fuzz(func(t *testing.T, rawQuery string) {
		q, got := read(rawQuery)
		if err := q.Err(); err != nil {
			if _, ok := errors.AsType[*request.MalformedError](err); !ok {
				t.Fatalf("Err() of %q = %v, want *MalformedError", rawQuery, err)
			}
			return
		}
		values, err := url.ParseQuery(rawQuery)
		if err != nil {
			t.Fatalf("Err() of %q = nil, and of net/url: %v", rawQuery, err)
		}
		for name, given := range values {
			if !slices.Contains(known, name) || len(given) != 1 || given[0] == "" {
				t.Errorf("Err() of %q = nil, want one for %q", rawQuery, name)
			}
		}
		if got.Number < 1 || got.Number > page.MaxNumber || got.Size < 1 || got.Size > page.MaxSize {
			t.Errorf("Page() of %q = %+v, want it within bounds", rawQuery, got)
		}
		if got.Sort.Key != "name" && got.Sort.Key != "created_at" {
			t.Errorf("Page() of %q = %+v, want a known key", rawQuery, got)
		}
	})
}
