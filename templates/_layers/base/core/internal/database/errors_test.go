package database_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/database"
	"example.com/app/internal/database/databasetest"
	"example.com/app/internal/outage"
)

func TestViolates(t *testing.T) {
	pool := databasetest.New(t, migrations())
	add := func(title string, pages int) error {
		_, err := pool.Exec(t.Context(), `INSERT INTO books (id, title, pages) VALUES ($1, $2, $3)`, uuid.New(), title, pages)
		return err
	}
	tests := []struct {
		name       string
		err        error
		constraint string
		want       bool
	}{
		{"nothing", add("Emma", 474), "books_title_key", false},
		{"a unique index", add("EMMA", 474), "books_title_key", true},
		{"a check", add("Persuasion", 0), "books_pages_check", true},
		{"another constraint", add("Persuasion", 0), "books_title_key", false},
		{"no error of the server", errors.New("books_title_key"), "books_title_key", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := database.Violates(test.err, test.constraint); got != test.want {
				t.Errorf("Violates(%v, %s) = %t, want %t", test.err, test.constraint, got, test.want)
			}
			if got := database.Cause(t.Context(), test.err); !errors.Is(got, test.err) || errors.Is(got, outage.ErrUnavailable) {
				t.Errorf("Cause(%v) = %v, want it as it is", test.err, got)
			}
		})
	}
}

func TestOrNotFound(t *testing.T) {
	pool := databasetest.New(t, migrations())
	notFound, broken := errors.New("not found"), errors.New("broken")
	var id uuid.UUID
	err := pool.QueryRow(t.Context(), `SELECT id FROM books`).Scan(&id)
	if got := database.OrNotFound(err, notFound); !errors.Is(got, notFound) {
		t.Errorf("OrNotFound(%v) = %v, want %v", err, got, notFound)
	}
	for _, err := range []error{nil, broken} {
		if got := database.OrNotFound(err, notFound); !errors.Is(got, err) {
			t.Errorf("OrNotFound(%v) = %v, want it as it is", err, got)
		}
	}
}
