package page_test

import (
	"net/url"
	"testing"

	"github.com/acme/reservation-api/internal/page"
)

func TestParseSort(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want page.Sort
		good bool
	}{
		{"", page.Sort{Key: "name"}, true},
		{"name", page.Sort{Key: "name"}, true},
		{"-name", page.Sort{Key: "name", Descending: true}, true},
		{"-created_at", page.Sort{Key: "created_at", Descending: true}, true},
		{"-", page.Sort{}, false},
		{"--name", page.Sort{}, false},
		{"+name", page.Sort{}, false},
		{"Name", page.Sort{}, false},
		{"id", page.Sort{}, false},
		{"name desc", page.Sort{}, false},
		{"name,created_at", page.Sort{}, false},
	}
	for _, test := range tests {
		got, err := page.ParseSort(test.in, "name", "created_at")
		if got != test.want || (err == nil) != test.good {
			t.Errorf("ParseSort(%q) = %+v, %v, want %+v, good: %t", test.in, got, err, test.want, test.good)
		}
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ number, size, want int }{{1, 20, 0}, {2, 20, 20}, {page.MaxNumber, page.MaxSize, 99_900}} {
		if got := (page.Request{Number: test.number, Size: test.size}).Offset(); got != test.want {
			t.Errorf("Offset of page %d of %d = %d, want %d", test.number, test.size, got, test.want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	const (
		first = `</v1/rooms?page=1&page_size=10>; rel="first"`
		last3 = `</v1/rooms?page=3&page_size=10>; rel="last"`
	)
	tests := []struct {
		name   string
		target string
		number int
		total  int
		want   string
	}{
		{"empty", "/v1/rooms", 1, 0, first + `, </v1/rooms?page=1&page_size=10>; rel="last"`},
		{"one page", "/v1/rooms", 1, 10, first + `, </v1/rooms?page=1&page_size=10>; rel="last"`},
		{"first of three", "/v1/rooms", 1, 21, first + `, </v1/rooms?page=2&page_size=10>; rel="next", ` + last3},
		{"second of three", "/v1/rooms?page=2", 2, 30, first +
			`, </v1/rooms?page=1&page_size=10>; rel="prev", </v1/rooms?page=3&page_size=10>; rel="next", ` + last3},
		{"third of three", "/v1/rooms?page=3", 3, 30, first + `, </v1/rooms?page=2&page_size=10>; rel="prev", ` + last3},
		{"past the end", "/v1/rooms?page=9", 9, 30, first + `, </v1/rooms?page=3&page_size=10>; rel="prev", ` + last3},
		{"pages that nobody may ask for", "/v1/rooms?page=1000", 1000, 100_000, first +
			`, </v1/rooms?page=999&page_size=10>; rel="prev", </v1/rooms?page=1000&page_size=10>; rel="last"`},
		{"other parameters", "/v1/rooms?q=a+%26%3E&sort=-name", 1, 0,
			`</v1/rooms?page=1&page_size=10&q=a+%26%3E&sort=-name>; rel="first", ` +
				`</v1/rooms?page=1&page_size=10&q=a+%26%3E&sort=-name>; rel="last"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(test.target)
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Links(u, page.Request{Number: test.number, Size: 10}, test.total); got != test.want {
				t.Errorf("Links() = %s, want %s", got, test.want)
			}
		})
	}
}
