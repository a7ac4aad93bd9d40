package database_test

import (
	"errors"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"example.com/app/internal/database"
	"example.com/app/internal/database/databasetest"
)

func TestMigratorDownAndUp(t *testing.T) {
	migrator := newMigrator(t, databasetest.URL(t, migrations()))
	names := []string{"00001_books.sql", "00002_titles.sql"}
	wantStatus(t, migrator, names, nil)
	if applied, err := migrator.Up(t.Context()); err != nil || len(applied) != 0 {
		t.Errorf("Up() with nothing pending = %q, %v, want nothing to do", applied, err)
	}

	if name, err := migrator.Down(t.Context()); err != nil || name != names[1] {
		t.Errorf("Down() = %q, %v, want %q, the newest", name, err, names[1])
	}
	wantStatus(t, migrator, names[:1], names[1:])
	if name, err := migrator.Down(t.Context()); err != nil || name != names[0] {
		t.Errorf("second Down() = %q, %v, want %q", name, err, names[0])
	}
	wantStatus(t, migrator, nil, names)
	if name, err := migrator.Down(t.Context()); !errors.Is(err, database.ErrNoMigration) {
		t.Errorf("Down() with nothing left = %q, %v, want %v", name, err, database.ErrNoMigration)
	}

	if applied, err := migrator.Up(t.Context()); err != nil || !slices.Equal(applied, names) {
		t.Errorf("Up() = %q, %v, want %q", applied, err, names)
	}
	wantStatus(t, migrator, names, nil)
}

// Two replicas may start at once.
func TestMigratorUpAtOnce(t *testing.T) {
	databaseURL := databasetest.URL(t, migrations())
	first := newMigrator(t, databaseURL)
	for range 2 {
		if _, err := first.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		applied []string
	)
	for _, migrator := range []*database.Migrator{first, newMigrator(t, databaseURL)} {
		running.Go(func() {
			names, err := migrator.Up(t.Context())
			if err != nil {
				t.Errorf("Up() = error %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			applied = append(applied, names...)
		})
	}
	running.Wait()
	if len(applied) != 2 {
		t.Errorf("two Up() at once applied %q, want each of 2 migrations once", applied)
	}
}

// withMore returns the migrations and more of them, SQL by file name.
func withMore(t *testing.T, more map[string]string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"00001_books.sql", "00002_titles.sql"} {
		content, err := fs.ReadFile(migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: content}
	}
	for name, sql := range more {
		files[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + "\n-- +goose Down\n")}
	}
	return files
}

// A migration of another branch may have a lower number than the newest that is applied.
func TestMigratorUpOutOfOrder(t *testing.T) {
	databaseURL := databasetest.URL(t, migrations())
	const own, other = "01001_own.sql", "00003_other.sql"
	for _, files := range []map[string]string{
		{own: "CREATE TABLE own ();"},
		{own: "CREATE TABLE own ();", other: "CREATE TABLE other ();"},
	} {
		migrator, err := database.NewMigrator(databaseURL, withMore(t, files))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { migrator.Close() })
		if _, err := migrator.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(files) == 1 {
			wantStatus(t, migrator, []string{"00001_books.sql", "00002_titles.sql", own}, nil)
			continue
		}
		wantStatus(t, migrator, []string{"00001_books.sql", "00002_titles.sql", other, own}, nil)
		if undone, err := migrator.Down(t.Context()); err != nil || undone != other {
			t.Errorf("Down() = %q, %v, want %s, which was applied last", undone, err, other)
		}
	}
}

// What a migration has done is undone when it fails; those before it stay.
func TestMigratorUpFails(t *testing.T) {
	databaseURL := databasetest.URL(t, migrations())
	files := withMore(t, nil)
	files["00003_good.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE good ();\n")}
	files["00004_bad.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE half ();\nSELECT 1/0;\n")}
	migrator, err := database.NewMigrator(databaseURL, files)
	if err != nil {
		t.Fatal(err)
	}
	defer migrator.Close()
	applied, err := migrator.Up(t.Context())
	if err == nil || !slices.Equal(applied, []string{"00003_good.sql"}) {
		t.Errorf("Up() = %q, %v, want the first alone and an error", applied, err)
	}
	var good, half bool
	err = open(t, databaseURL, "").QueryRow(t.Context(), `SELECT to_regclass('good') IS NOT NULL, to_regclass('half') IS NOT NULL`).
		Scan(&good, &half)
	if err != nil || !good || half {
		t.Errorf("tables after Up() = good %t, half %t, %v, want good alone", good, half, err)
	}
}

func newMigrator(t *testing.T, databaseURL string) *database.Migrator {
	t.Helper()
	migrator, err := database.NewMigrator(databaseURL, migrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { migrator.Close() })
	return migrator
}

func wantStatus(t *testing.T, migrator *database.Migrator, applied, pending []string) {
	t.Helper()
	all, err := migrator.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var gotApplied, gotPending []string
	for _, m := range all {
		if m.AppliedAt.IsZero() {
			gotPending = append(gotPending, m.Name)
		} else {
			gotApplied = append(gotApplied, m.Name)
		}
	}
	if !slices.Equal(gotApplied, applied) || !slices.Equal(gotPending, pending) {
		t.Errorf("Status() = applied %q, pending %q, want %q and %q", gotApplied, gotPending, applied, pending)
	}
}
