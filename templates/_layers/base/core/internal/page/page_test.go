package page_test

import (
	"cmp"
	"net/url"
	"slices"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/page"
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
		first = `</v1/books?page=1&page_size=10>; rel="first"`
		last3 = `</v1/books?page=3&page_size=10>; rel="last"`
	)
	tests := []struct {
		name   string
		target string
		number int
		total  int
		want   string
	}{
		{"empty", "/v1/books", 1, 0, first + `, </v1/books?page=1&page_size=10>; rel="last"`},
		{"one page", "/v1/books", 1, 10, first + `, </v1/books?page=1&page_size=10>; rel="last"`},
		{"first of three", "/v1/books", 1, 21, first + `, </v1/books?page=2&page_size=10>; rel="next", ` + last3},
		{"second of three", "/v1/books?page=2", 2, 30, first +
			`, </v1/books?page=1&page_size=10>; rel="prev", </v1/books?page=3&page_size=10>; rel="next", ` + last3},
		{"third of three", "/v1/books?page=3", 3, 30, first + `, </v1/books?page=2&page_size=10>; rel="prev", ` + last3},
		{"past the end", "/v1/books?page=9", 9, 30, first + `, </v1/books?page=3&page_size=10>; rel="prev", ` + last3},
		{"pages that nobody may ask for", "/v1/books?page=1000", 1000, 100_000, first +
			`, </v1/books?page=999&page_size=10>; rel="prev", </v1/books?page=1000&page_size=10>; rel="last"`},
		{"other parameters", "/v1/books?q=a+%26%3E&sort=-name", 1, 0,
			`</v1/books?page=1&page_size=10&q=a+%26%3E&sort=-name>; rel="first", ` +
				`</v1/books?page=1&page_size=10&q=a+%26%3E&sort=-name>; rel="last"`},
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

type book struct {
	id    uuid.UUID
	title string
	pages int
}

func TestOf(t *testing.T) {
	t.Parallel()
	// Two of them have as many pages: their ids decide.
	books := []book{
		{uuid.UUID{3}, "Sanditon", 249},
		{uuid.UUID{4}, "Lady Susan", 96},
		{uuid.UUID{1}, "Emma", 474},
		{uuid.UUID{2}, "Persuasion", 249},
	}
	orders := map[string]func(a, b book) int{
		"title": func(a, b book) int { return cmp.Compare(a.title, b.title) },
		"pages": func(a, b book) int { return cmp.Compare(a.pages, b.pages) },
	}
	tests := []struct {
		name  string
		books []book
		page  page.Request
		want  []string
	}{
		{"all", books, page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "title"}}, []string{"Emma", "Lady Susan", "Persuasion", "Sanditon"}},
		{"in another order", books, page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "pages"}}, []string{"Lady Susan", "Persuasion", "Sanditon", "Emma"}},
		{"the other way round", books, page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "pages", Descending: true}}, []string{"Emma", "Persuasion", "Sanditon", "Lady Susan"}},
		{"first page", books, page.Request{Number: 1, Size: 3, Sort: page.Sort{Key: "title"}}, []string{"Emma", "Lady Susan", "Persuasion"}},
		{"last page", books, page.Request{Number: 2, Size: 3, Sort: page.Sort{Key: "title"}}, []string{"Sanditon"}},
		{"past the end", books, page.Request{Number: 3, Size: 3, Sort: page.Sort{Key: "title"}}, []string{}},
		{"nothing", nil, page.Request{Number: 1, Size: 3, Sort: page.Sort{Key: "title"}}, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := page.Of(slices.Clone(test.books), test.page, orders, func(b book) uuid.UUID { return b.id })
			if err != nil {
				t.Fatal(err)
			}
			titles := make([]string, len(got.Items))
			for i, b := range got.Items {
				titles[i] = b.title
			}
			if got.Items == nil || got.Total != len(test.books) || !slices.Equal(titles, test.want) {
				t.Errorf("Of() = %q of %d, want %q of %d and never nil", titles, got.Total, test.want, len(test.books))
			}
		})
	}
	if got, err := page.Of(books, page.Request{Number: 1, Size: 1, Sort: page.Sort{Key: "id"}}, orders, nil); err == nil {
		t.Errorf("Of(unknown sort key) = %v, want an error", got)
	}
}
