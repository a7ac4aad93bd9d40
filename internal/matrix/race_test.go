//go:build e2e

package matrix_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

// raceTime is for how long clients race: SCAFFOLD_RACE=20s, or a short while.
func raceTime(t *testing.T) time.Duration {
	t.Helper()
	value := os.Getenv("SCAFFOLD_RACE")
	if value == "" {
		return 3 * time.Second
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type booking struct {
	ID     string    `json:"id"`
	Start  time.Time `json:"starts_at"`
	End    time.Time `json:"ends_at"`
	UserID string    `json:"user_id"`
}

// checkRace lets 32 clients reserve, reschedule and cancel in one room, and then
// looks for overlaps, deadlocks and answers that no client deserves.
func checkRace(t *testing.T, s *server) {
	const clients = 32
	var rooms struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	client{server: s}.get(t, "/v1/rooms?page_size=1", &rooms)
	if len(rooms.Items) == 0 {
		t.Fatal("there is no room")
	}
	room := rooms.Items[0].ID
	var all []client
	for i := range clients {
		all = append(all, s.logIn(t, fmt.Sprintf("racer%d", i)))
	}

	var seen statuses
	ctx, cancel := context.WithTimeout(t.Context(), raceTime(t))
	defer cancel()
	var wg sync.WaitGroup
	for _, c := range all {
		wg.Go(func() {
			for ctx.Err() == nil {
				// Not cut off at the end, as every answer counts.
				race(context.WithoutCancel(ctx), c, room, &seen)
			}
		})
	}
	wg.Wait()
	t.Log(seen.count)

	allowed := map[string]bool{
		"reserve: 201": true, "reserve: 409": true,
		"reschedule: 200": true, "reschedule: 409": true, "cancel: 200": true,
	}
	for what, n := range seen.count {
		if !allowed[what] {
			t.Errorf("%s, %d times", what, n)
		}
	}
	for what := range allowed {
		if seen.count[what] == 0 {
			t.Errorf("%s never happened: this was no race", what)
		}
	}
	if strings.Contains(s.log.String(), "deadlock") {
		t.Error("PostgreSQL found a deadlock")
	}
	checkDisjoint(t, all)
}

// race does one thing after another, as one client: mostly in the same week, so
// that the clients meet.
func race(ctx context.Context, c client, room string, seen *statuses) {
	midnight := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1+rand.IntN(20))
	period := func() map[string]any {
		start := midnight.Add(time.Duration(rand.IntN(24*60)) * time.Minute)
		return map[string]any{"starts_at": start, "ends_at": start.Add(time.Duration(5+rand.IntN(200)) * time.Minute)}
	}
	wanted := period()
	wanted["room_id"], wanted["title"] = room, "race"
	var got booking
	status := c.do(ctx, http.MethodPost, "/v1/reservations", wanted, &got)
	seen.add("reserve", status)
	if status != http.StatusCreated {
		return
	}
	seen.add("reschedule", c.do(ctx, http.MethodPatch, "/v1/reservations/"+got.ID, period(), nil))
	if rand.IntN(3) > 0 {
		seen.add("cancel", c.do(ctx, http.MethodPost, "/v1/reservations/"+got.ID+"/cancel", nil, nil))
	}
}

// checkDisjoint reads what every client has, and demands that no two meet.
func checkDisjoint(t *testing.T, all []client) {
	var kept []booking
	for _, c := range all {
		for page := 1; ; page++ {
			var list struct {
				Items []booking `json:"items"`
				Total int       `json:"total"`
			}
			c.get(t, fmt.Sprintf("/v1/reservations?status=confirmed&page_size=100&page=%d", page), &list)
			kept = append(kept, list.Items...)
			if page*100 >= list.Total {
				break
			}
		}
	}
	if len(kept) < 2 {
		t.Fatalf("%d reservations are left: this was no race", len(kept))
	}
	for i, a := range kept {
		for _, b := range kept[:i] {
			if a.Start.Before(b.End) && b.Start.Before(a.End) {
				t.Errorf("%v to %v and %v to %v overlap", a.Start, a.End, b.Start, b.End)
			}
		}
	}
	t.Logf("%d reservations are left, none overlaps", len(kept))
}

// checkOutage stops the database under traffic and starts it again: requests get
// 503 and then 200, and the process goes on.
func checkOutage(t *testing.T, s *server, db *live.Postgres) {
	user := s.logIn(t, "witness")
	guest := client{server: s}
	ask := func(c client, path string) int { return c.do(t.Context(), http.MethodGet, path, nil, nil) }
	until := func(what string, reached func() bool) {
		t.Helper()
		began := time.Now()
		for !reached() {
			if time.Since(began) > 15*time.Second {
				t.Fatalf("%s: not within 15 seconds", what)
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Logf("%s: after %v", what, time.Since(began).Round(time.Millisecond))
	}

	var seen statuses
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				seen.add("rooms", ask(guest, "/v1/rooms"))
				seen.add("me", ask(user, "/v1/me"))
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	db.Stop(t)
	until("readyz says 503", func() bool { return ask(guest, "/readyz") == http.StatusServiceUnavailable })
	if status := ask(guest, "/healthz"); status != http.StatusOK {
		t.Errorf("GET /healthz: %d while the database is away, want 200", status)
	}
	if status := ask(user, "/v1/me"); status != http.StatusServiceUnavailable {
		t.Errorf("GET /v1/me: %d while the database is away, want 503", status)
	}
	db.Start(t)
	until("readyz says 200", func() bool { return ask(guest, "/readyz") == http.StatusOK })
	until("the API answers", func() bool { return ask(user, "/v1/me") == http.StatusOK && ask(guest, "/v1/rooms") == http.StatusOK })
	stop()
	wg.Wait()
	t.Log(seen.count)
	for what, n := range seen.count {
		if !strings.HasSuffix(what, ": 200") && !strings.HasSuffix(what, ": 503") {
			t.Errorf("%s, %d times", what, n)
		}
	}
	for _, what := range []string{"rooms: 200", "rooms: 503", "me: 200", "me: 503"} {
		if seen.count[what] == 0 {
			t.Errorf("%s never happened", what)
		}
	}
}
