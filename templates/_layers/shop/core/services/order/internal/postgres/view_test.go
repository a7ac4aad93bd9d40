package postgres_test

import (
	"testing"

	"example.com/app/internal/database"
	"example.com/app/internal/database/databasetest"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/postgres"
	"example.com/app/services/order/internal/view"
	"example.com/app/services/order/internal/view/viewtest"
)

func TestView(t *testing.T) {
	t.Parallel()
	viewtest.Run(t, func(t *testing.T) view.Store { return postgres.NewView(open(t)) })
}

// TestSlowRebuild has a view of so many rows that to delete them takes longer than any
// other statement may.
func TestSlowRebuild(t *testing.T) {
	t.Parallel()
	migrations, err := postgres.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := database.Open(t.Context(), databasetest.URL(t, migrations)+"&statement_timeout=200ms")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	_, err = pool.Exec(t.Context(), `
		CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END';
		CREATE TRIGGER slow AFTER DELETE ON view_products FOR EACH STATEMENT EXECUTE FUNCTION take_time()`)
	if err != nil {
		t.Fatal(err)
	}
	err = postgres.NewView(pool).Rebuild(t.Context(), func(view.Writer) (bus.Position, error) { return bus.Position{}, nil })
	if err != nil {
		t.Errorf("Rebuild() = %v", err)
	}
}
