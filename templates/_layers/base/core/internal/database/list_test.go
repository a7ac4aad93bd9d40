package database_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/page"
)

func TestList(t *testing.T) {
	pool := databasetest.New(t, migrations())
	// Two of them have as many pages: their ids decide.
	for i, book := range []struct {
		title string
		pages int
	}{{"Emma", 474}, {"Persuasion", 249}, {"Sanditon", 249}, {"Lady Susan", 96}} {
		_, err := pool.Exec(t.Context(), `INSERT INTO books (id, title, pages) VALUES ($1, $2, $3)`,
			uuid.UUID{15: byte(i)}, book.title, book.pages)
		if err != nil {
			t.Fatal(err)
		}
	}
	more := func(pages int) func(*database.Selection) {
		return func(s *database.Selection) { s.Where(`pages > @pages`, pgx.NamedArgs{"pages": pages}) }
	}
	without := func(letter string) func(*database.Selection) {
		return func(s *database.Selection) {
			s.Where(`title NOT LIKE @letter`, pgx.NamedArgs{"letter": "%" + letter + "%"})
		}
	}
	pages, title := page.Sort{Key: "pages"}, page.Sort{Key: "title"}
	pagesDown := page.Sort{Key: "pages", Descending: true}
	tests := []struct {
		name       string
		conditions []func(*database.Selection)
		page       page.Request
		want       []string
		total      int
	}{
		{"all", nil, page.Request{Number: 1, Size: 10, Sort: title}, []string{"Emma", "Lady Susan", "Persuasion", "Sanditon"}, 4},
		{"in another order", nil, page.Request{Number: 1, Size: 10, Sort: pages}, []string{"Lady Susan", "Persuasion", "Sanditon", "Emma"}, 4},
		{"the other way round", nil, page.Request{Number: 1, Size: 10, Sort: pagesDown}, []string{"Emma", "Persuasion", "Sanditon", "Lady Susan"}, 4},
		{"second page", nil, page.Request{Number: 2, Size: 3, Sort: title}, []string{"Sanditon"}, 4},
		{"past the end", nil, page.Request{Number: 3, Size: 3, Sort: title}, nil, 4},
		{"one condition", []func(*database.Selection){more(96)}, page.Request{Number: 1, Size: 2, Sort: title}, []string{"Emma", "Persuasion"}, 3},
		{"two conditions", []func(*database.Selection){more(96), without("P")}, page.Request{Number: 1, Size: 10, Sort: title}, []string{"Emma", "Sanditon"}, 2},
		{"nothing", []func(*database.Selection){more(1000)}, page.Request{Number: 1, Size: 10, Sort: title}, nil, 0},
		{"past the end of a condition", []func(*database.Selection){more(96)}, page.Request{Number: 2, Size: 3, Sort: title}, nil, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			selected := books()
			for _, add := range test.conditions {
				add(&selected)
			}
			got, err := database.List(t.Context(), pool, selected, test.page, scanTitle)
			if err != nil || got.Total != test.total || !slices.Equal(got.Items, test.want) {
				t.Errorf("List() = %q of %d, %v, want %q of %d", got.Items, got.Total, err, test.want, test.total)
			}
			if got.Items == nil {
				t.Error("List() = nil, want an empty list")
			}
		})
	}
}

// A sort key becomes SQL, and so must be one that is known.
func TestListUnknownSortKey(t *testing.T) {
	request := page.Request{Number: 1, Size: 10, Sort: page.Sort{Key: "title; DROP TABLE books"}}
	if got, err := database.List(t.Context(), nil, books(), request, scanTitle); err == nil {
		t.Errorf("List(unknown sort key) = %v, want an error", got)
	}
}

func books() database.Selection {
	return database.Selection{
		Columns: "title",
		Table:   "books",
		Orders:  map[string]string{"title": `title COLLATE "C"`, "pages": "pages"},
	}
}

func scanTitle(row pgx.Row, more ...any) (title string, err error) {
	err = row.Scan(append([]any{&title}, more...)...)
	return title, err
}
